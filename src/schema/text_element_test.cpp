// SPDX-License-Identifier: Apache-2.0
#include "schema/text_element.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tenon::schema {
namespace {

template <class T>
CellFault FaultOf(std::string_view cell) {
  T value{};
  return ReadCell(cell, value);
}
template <class T>
T Read(std::string_view cell) {
  T value{};
  EXPECT_EQ(ReadCell(cell, value), CellFault::kNone) << cell;
  return value;
}

TEST(ReadCell, TakesNumbersAsPeopleWriteThem) {
  const std::vector<std::pair<std::string, double>> cases = {
      {"0", 0},      {"-0.0", 0},     {"1.5", 1.5}, {" 2 ", 2},   {"+3", 3},      {".5", 0.5},
      {"-.5", -0.5}, {"5.", 5},       {"007", 7},   {"-007", -7}, {"1e3", 1000},  {"1.e2", 100},
      {"\t4\t", 4},  {"00.25", 0.25}, {"+.5e1", 5}, {"0e5", 0},   {"1E-2", 0.01},
  };
  for (const auto& [cell, value] : cases) {
    EXPECT_EQ(Read<double>(cell), value) << cell;
    EXPECT_EQ(Read<float>(cell), static_cast<float>(value)) << cell;
  }
  EXPECT_EQ(Read<double>("0.1"), 0.1);
  EXPECT_EQ(Read<float>("16777217"), 16777216.0F);
  EXPECT_EQ(Read<float>("3.4028235e38"), std::numeric_limits<float>::max());
}

TEST(ReadCell, IntegersAreExactAndNeverCut) {
  EXPECT_EQ(Read<std::int64_t>("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Read<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Read<std::uint64_t>("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(Read<std::int32_t>("1.0"), 1);
  EXPECT_EQ(Read<std::int32_t>("1e3"), 1000);
  EXPECT_EQ(Read<std::int8_t>("-128"), -128);
  EXPECT_EQ(FaultOf<std::int64_t>("9223372036854775808"), CellFault::kOutOfRange);
  EXPECT_EQ(FaultOf<std::uint8_t>("-1"), CellFault::kOutOfRange);
  EXPECT_EQ(FaultOf<std::uint8_t>("256"), CellFault::kOutOfRange);
  EXPECT_EQ(FaultOf<std::int16_t>("1.5"), CellFault::kNotWhole);
  EXPECT_EQ(FaultOf<std::uint16_t>("x"), CellFault::kNoValue);
  EXPECT_EQ(FaultOf<std::uint32_t>("inf"), CellFault::kNoValue);
}

TEST(ReadCell, AMissingValueIsNanInFloatsAndAFaultElsewhere) {
  for (const char* cell : {"", " ", "nan", "NaN", "-nan", "NA", "n/a", "null", "None"}) {
    EXPECT_TRUE(std::isnan(Read<float>(cell))) << cell;
    EXPECT_TRUE(std::isnan(Read<double>(cell))) << cell;
    EXPECT_EQ(FaultOf<std::int64_t>(cell), CellFault::kMissing) << cell;
    EXPECT_EQ(FaultOf<bool>(cell), CellFault::kMissing) << cell;
    EXPECT_EQ(Read<std::string>(cell), cell);
  }
  EXPECT_EQ(Read<double>("inf"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(Read<float>("-Infinity"), -std::numeric_limits<float>::infinity());
}

TEST(ReadCell, RefusesWhatIsNoNumber) {
  for (const char* cell : {"abc", "1 2", "1,2", "--1", "+-1", "1e", ".", "-", "+", "0x10", "1_000",
                           "1.2.3", "nanny", "infinit", "\"1\"", "e5", "1e5x"}) {
    EXPECT_EQ(FaultOf<double>(cell), CellFault::kNoValue) << cell;
  }
  EXPECT_EQ(FaultOf<float>("1e39"), CellFault::kOutOfRange);
  EXPECT_EQ(FaultOf<double>("1e309"), CellFault::kOutOfRange);
}

TEST(ReadCell, TruthValuesAndTexts) {
  for (const char* yes : {"1", "true", "TRUE", " True "}) EXPECT_TRUE(Read<bool>(yes));
  for (const char* no : {"0", "false", "False"}) EXPECT_FALSE(Read<bool>(no));
  EXPECT_EQ(FaultOf<bool>("2"), CellFault::kNoValue);
  EXPECT_EQ(Read<std::string>(" größe "), " größe ");
  EXPECT_EQ(FaultOf<std::string>("\xff"), CellFault::kNotUtf8);
}

TEST(Words, SayWhatWasExpectedAndFound) {
  EXPECT_EQ(Words(CellFault::kNoValue, ElementType::kFloat32, "a\nb"),
            "expected a number, found 'a?b'");
  EXPECT_EQ(Words(CellFault::kNotWhole, ElementType::kInt8, "1.5"),
            "expected a whole number, found '1.5'");
  EXPECT_EQ(Words(CellFault::kOutOfRange, ElementType::kInt8, "300"),
            "'300' is too large for int8");
  EXPECT_EQ(Words(CellFault::kMissing, ElementType::kBool, ""),
            "expected true or false, found nothing; only floats may be missing");
  EXPECT_EQ(Words(CellFault::kNoValue, ElementType::kFloat32, std::string(100, 'x')),
            "expected a number, found '" + std::string(40, 'x') + "...'");
}

template <TensorElement T>
std::string Written(std::vector<T> values) {
  auto tensor = Tensor<T>::Create({static_cast<std::int64_t>(values.size())});
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    tensor.data()[i] = values[i];
    text += i == 0 ? "" : ",";
    AppendCell(tensor, i, text);
  }
  return text;
}

TEST(AppendCell, WritesWhatReadCellReads) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Written<double>({0.1, 1, kInf, -kInf, std::nan("")}), "0.1,1.0,inf,-inf,nan");
  EXPECT_EQ(Written<float>({0.1F, -2.5F}), "0.1,-2.5");
  EXPECT_EQ(Written<std::int64_t>({std::numeric_limits<std::int64_t>::min()}),
            "-9223372036854775808");
  EXPECT_EQ(Written<std::uint8_t>({255}), "255");
  EXPECT_EQ(Written<std::string>({"a", "b,c", "d\"e", ""}), "a,\"b,c\",\"d\"\"e\",\"\"");
}

}  // namespace
}  // namespace tenon::schema
