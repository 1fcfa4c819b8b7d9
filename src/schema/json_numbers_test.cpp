// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "schema/json_number.hpp"
#include "schema/read_for_test.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

TEST(Number, IsWhatJsonSaysAndNothingElse) {
  for (const char* json : {"0", "-0", "1", "10", "0.5", "-0.5", "1e1", "1E+1", "1e-1", "1.5e3",
                           "0e0", "123456789012345678901234567890", "0.00000000000000000001"}) {
    EXPECT_EQ(Verdict<double>(json), "") << json;
  }
  for (const char* json : {"01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "1_0", "1a",
                           "--1", "1.5.5", "NaN", "Infinity", "-Infinity", "1e1.5", "00", "-01"}) {
    EXPECT_EQ(Verdict<double>(json), "malformed") << json;
    EXPECT_EQ(Verdict<std::int64_t>(json), "malformed") << json;
    EXPECT_EQ(Verdict<std::vector<int>>("[" + std::string(json) + "]"), "malformed") << json;
  }
}

TEST(Number, IsAnIntegerWhenItIsWhole) {
  const struct {
    const char* json;
    std::int64_t value;
  } cases[] = {
      {"1.0", 1},
      {"1e3", 1000},
      {"-0", 0},
      {"-0.0", 0},
      {"0e99999999999999999999", 0},
      {"10e-1", 1},
      {"1200.00e-2", 12},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"9223372036854775807.000", std::numeric_limits<std::int64_t>::max()},
      {"0.9223372036854775807e19", std::numeric_limits<std::int64_t>::max()},
      {"1000000000000000000000000000000000000000000e-40", 100},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(MustRead<std::int64_t>(row.json), row.value) << row.json;
  }
}

TEST(Number, IsNeverCutToFitAnInteger) {
  for (const char* json :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e19", "1e400",
        "0.000000000000000000000000000000000000000012e41", "1e99999999999999999999", "0.5", "1e-1",
        "1e-400", "1.0000000000000000000000000000000000000000000001",
        "123456789012345678901234567890"}) {
    EXPECT_NE(Verdict<std::int64_t>(json), "") << json;
  }
  EXPECT_EQ(Verdict<std::uint64_t>("18446744073709551615"), "");
  EXPECT_NE(Verdict<std::uint64_t>("18446744073709551616"), "");
  EXPECT_NE(Verdict<std::uint64_t>("-1"), "");
  EXPECT_EQ(Verdict<std::uint64_t>("-0"), "");
  EXPECT_NE(Verdict<std::int8_t>("128"), "");
  EXPECT_NE(Verdict<std::int8_t>("-129"), "");
  EXPECT_EQ(Verdict<std::int8_t>("-128"), "");
  EXPECT_NE(Verdict<std::int32_t>("2147483648"), "");
}

TEST(Number, IsTheNearestDouble) {
  const struct {
    const char* json;
    double value;
  } cases[] = {
      {"0.1", 0.1},
      {"1e22", 1e22},
      {"1e23", 1e23},
      {"9007199254740993", 9007199254740992.0},
      {"9007199254740992.9999999999999999999999999", 9007199254740992.0},
      {"9007199254740993.0000000000000000000000001", 9007199254740994.0},
      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
      {"0.00017976931348623157000e312", std::numeric_limits<double>::max()},
      {"5e-324", std::numeric_limits<double>::denorm_min()},
      {"2e-324", 0.0},
      {"1e-999999999999999999999", 0.0},
      {"123456789.12345678", 123456789.12345678},
      {"0.12345678901234567", 0.12345678901234567},
      {"12345678901234567890", 12345678901234567890.0},
  };
  for (const auto& row : cases) EXPECT_EQ(MustRead<double>(row.json), row.value) << row.json;
  EXPECT_TRUE(std::signbit(MustRead<double>("-0")));
  EXPECT_TRUE(std::signbit(MustRead<double>("-1e-400")));
  EXPECT_EQ(Verdict<double>("1e400"),
            "invalid\n: expected a number, found 1e400, which is too large for a double");
  // Beyond the largest one's own text, which the schema names, though they would round to it.
  EXPECT_NE(Verdict<double>("1.7976931348623158e308"), "");
  EXPECT_NE(Verdict<double>("-1.79769313486231570000000000000000000000000001e308"), "");
}

TEST(Number, IsTheNearestFloatRoundedOnce) {
  const struct {
    const char* json;
    float value;
  } cases[] = {
      {"0.1", 0.1F},
      // Exactly between two floats, a little above, a little below: the double is the same.
      {"16777217", 16777216.0F},
      {"16777217.0000000001", 16777218.0F},
      {"16777216.9999999999", 16777216.0F},
      {"1.000000059604644775390625", 1.0F},
      {"1.000000059604644775390626", 0x1.000002p0F},
      {"3.4028235e38", std::numeric_limits<float>::max()},
      {"1e-45", std::numeric_limits<float>::denorm_min()},
      {"1.17549435e-38", std::numeric_limits<float>::min()},
      {"1e-60", 0.0F},
  };
  for (const auto& row : cases) EXPECT_EQ(MustRead<float>(row.json), row.value) << row.json;
  EXPECT_NE(Verdict<float>("3.40282351e38"), "");
  EXPECT_NE(Verdict<float>("-340282350000000000000000000000000000001"), "");
  EXPECT_EQ(Verdict<float>("1e39"),
            "invalid\n: expected a number, found 1e39, which is too large for a float");
}

TEST(Number, IsWrittenWithTheFewestDigits) {
  EXPECT_EQ(WriteJson(1.0), "1.0");
  EXPECT_EQ(WriteJson(-0.0), "-0.0");
  EXPECT_EQ(WriteJson(0.1), "0.1");
  EXPECT_EQ(WriteJson(0.1F), "0.1");
  EXPECT_EQ(WriteJson(100000.0), "100000.0");
  EXPECT_EQ(WriteJson(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(WriteJson(1e16), "1e+16");
  EXPECT_EQ(WriteJson(9.999999e15F), "9999999000000000.0");
  EXPECT_EQ(WriteJson(1e16F), "1e+16");
  EXPECT_EQ(WriteJson(-1e22), "-1e+22");
  EXPECT_EQ(WriteJson(5e-324), "5e-324");
  EXPECT_EQ(WriteJson(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(WriteJson(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(WriteJson(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(Number, ComesBackAsItWasWritten) {
  std::uint64_t bits = 0x9E3779B97F4A7C15U;
  for (int i = 0; i < 20000; ++i) {
    bits = bits * 6364136223846793005U + 1442695040888963407U;
    const auto number = __builtin_bit_cast(double, bits);
    const auto narrow = __builtin_bit_cast(float, static_cast<std::uint32_t>(bits >> 32U));
    if (std::isfinite(number)) {
      ASSERT_EQ(MustRead<double>(WriteJson(number)), number);
    }
    if (std::isfinite(narrow)) {
      ASSERT_EQ(MustRead<float>(WriteJson(narrow)), narrow);
    }
  }
}

TEST(Number, IsNullAndCountedWhenItIsNotFinite) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::uint64_t before = NonFiniteNumbersWritten();
  EXPECT_EQ(WriteJson(std::vector<double>{kInfinity, 1, -kInfinity}), "[null,1.0,null]");
  EXPECT_EQ(WriteJson(std::numeric_limits<float>::quiet_NaN()), "null");
  EXPECT_EQ(NonFiniteNumbersWritten() - before, 3U);
}

TEST(Number, EndsWithTheTextEvenWhereMemoryGoesOn) {
  const std::string digits = "12345";
  int value = 0;
  ASSERT_TRUE(ReadJson(TypeOf<int>(), &value, {.data = digits.data(), .size = 2, .capacity = 5}));
  EXPECT_EQ(value, 12);
}

}  // namespace
}  // namespace tenon::schema
