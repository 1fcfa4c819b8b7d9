// SPDX-License-Identifier: Apache-2.0
#include "schema/csv.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tenon::schema {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// The rows, or the fault.
std::pair<Rows, std::string> Read(std::string_view text) {
  CsvReader reader(text);
  Rows rows;
  for (;;) {
    const Result<bool> row = reader.Next();
    if (!row) {
      EXPECT_EQ(row.Error().Code(), ErrorCode::kMalformed);
      return {rows, row.Error().Detail()};
    }
    if (!*row) return {rows, ""};
    rows.emplace_back(reader.Cells().begin(), reader.Cells().end());
    EXPECT_EQ(reader.Row(), rows.size());
  }
}

TEST(CsvReader, TakesRowsApart) {
  const std::vector<std::pair<std::string, Rows>> cases = {
      {"", {}},
      {"\n\r\n\n", {}},
      {"1", {{"1"}}},
      {"1,2\n3,4", {{"1", "2"}, {"3", "4"}}},
      {"1,2\r\n3,4\r\n", {{"1", "2"}, {"3", "4"}}},
      {"1\r2", {{"1"}, {"2"}}},
      {"\xEF\xBB\xBF"
       "1\n",
       {{"1"}}},
      {",", {{"", ""}}},
      {"1,\n,2", {{"1", ""}, {"", "2"}}},
      {" 1 , 2", {{" 1 ", " 2"}}},
      {"\"\"\n\"\"", {{""}, {""}}},
      {"\"a,b\",\"c\nd\"", {{"a,b", "c\nd"}}},
      {"\"say \"\"hi\"\"\",x", {{"say \"hi\"", "x"}}},
      {"\"\"\"\"", {{"\""}}},
      {"\"\"\"a\"\"\",\"\"\"b\"", {{"\"a\"", "\"b"}}},
      {"a\n\nb", {{"a"}, {"b"}}},
      {"größe,\"ß\"", {{"größe", "ß"}}},
  };
  for (const auto& [text, rows] : cases) {
    SCOPED_TRACE(text);
    const auto [found, fault] = Read(text);
    EXPECT_EQ(fault, "");
    EXPECT_EQ(found, rows);
  }
}

TEST(CsvReader, SaysRowAndColumnOfABrokenQuote) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1,2\n3,\"4", "row 2, column 2: its quote is not closed"},
      {"\"", "row 1, column 1: its quote is not closed"},
      {"\"a\"\"", "row 1, column 1: its quote is not closed"},
      {"1,2\n\n3,a\"b\"", "row 2, column 2: there is a quote inside a cell"},
      {"\"a\"b,1", "something follows its closing quote"},
      {"\"a\" ,1", "something follows its closing quote"},
  };
  for (const auto& [text, said] : cases) {
    SCOPED_TRACE(text);
    const std::string fault = Read(text).second;
    EXPECT_TRUE(fault.starts_with("The body is not CSV: row ")) << fault;
    EXPECT_NE(fault.find(said), std::string::npos) << fault;
  }
}

TEST(AppendCsvText, IsReadBack) {
  for (const std::string text : {"", "a", "a,b", "\"", "a\"\"b", "\r\n", " a", "a ", "ß"}) {
    std::string cell;
    AppendCsvText(text, cell);
    EXPECT_EQ(Read(cell).first, (Rows{{text}})) << cell;
  }
}

}  // namespace
}  // namespace tenon::schema
