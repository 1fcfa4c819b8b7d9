// SPDX-License-Identifier: Apache-2.0
#include "schema/libsvm.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tenon::schema {
namespace {

// Rows as "0=1.5 3=2 | ", or the fault.
std::string Read(std::string_view text) {
  LibsvmReader reader(text);
  std::string found;
  for (;;) {
    const Result<bool> row = reader.Next();
    if (!row) {
      EXPECT_EQ(row.Error().Code(), ErrorCode::kMalformed);
      return row.Error().Detail();
    }
    if (!*row) return found;
    for (const SparseValue& value : reader.Values()) {
      found += std::to_string(value.index) + "=" + std::string(value.value) + " ";
    }
    found += "| ";
  }
}

TEST(LibsvmReader, TakesRowsApart) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"1 0:1.5 3:2\n", "0=1.5 3=2 | "},
      {"0:1.5 3:2", "0=1.5 3=2 | "},
      {"1\n-1\n+1.5 2:3", "| | 2=3 | "},
      {"0 qid:4 1:2 # note 5:6\n#only\n\n  \r\n2:7\r\n", "1=2 | 2=7 | "},
      {"1\t3:nan", "3=nan | "},
      {"1 5:", "5= | "},
  };
  for (const auto& [text, rows] : cases) EXPECT_EQ(Read(text), rows) << text;
}

TEST(LibsvmReader, SaysRowAndWordThatIsNoPair) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1 2:3\n1 4", "row 2: '4' is no index:value"},
      {"x 1:2", "row 1: 'x' is no index:value"},
      {"1 a:2", "'a:2'"},
      {"1 -1:2", "'-1:2'"},
      {"1 1.5:2", "'1.5:2'"},
      {"1 99999999999999999999999:2", "is no index:value"},
      {"1,2,3", "'1,2,3'"},
      {"1 :2", "':2'"},
  };
  for (const auto& [text, said] : cases) {
    EXPECT_NE(Read(text).find(said), std::string::npos) << text << ": " << Read(text);
  }
}

}  // namespace
}  // namespace tenon::schema
