// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/names.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>

#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"

namespace other {

struct Request {
  int a = 0;
};
namespace {
struct Hidden {
  int field_ = 0;
  int UPPER = 0;
};
}  // namespace

}  // namespace other

namespace tenon::schema {
namespace {

struct Outer {
  struct Request {
    double b = 0;
    other::Request inner;
  };
  enum class Kind : std::int16_t { kFirst = -16, kLast = 127, kBeyond = 128 };
};
template <class T, class U>
struct Pair {
  T first;
  U second;
};
enum Plain : std::uint8_t { kPlainA, kPlainB };
enum class Flag : bool { kOff, kOn };
enum class Small : std::uint8_t { kZero };

TEST(Names, AreThoseOfTheFields) {
  const auto& members = TypeOf<other::Hidden>().members;
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].name, "field_");
  EXPECT_EQ(members[1].name, "UPPER");
}

TEST(Names, OfTypesHaveNoNamespaces) {
  EXPECT_EQ(TypeOf<other::Request>().name, "Request");
  EXPECT_EQ(TypeOf<other::Hidden>().name, "Hidden");
  EXPECT_EQ(TypeOf<Outer::Request>().name, "Request");
  EXPECT_EQ((TypeOf<Pair<int, double>>().name), "Pair<int, double>");
  struct Local {
    int x = 0;
  };
  EXPECT_EQ(TypeOf<Local>().name, "Local");
  EXPECT_EQ(TypeOf<Local>().members[0].name, "x");
}

TEST(Names, OfEnumeratorsAreFoundInTheirRange) {
  const auto& kinds = TypeOf<Outer::Kind>().enumerators;
  ASSERT_EQ(kinds.size(), 2U) << "128 is out of range";
  EXPECT_EQ(kinds[0].name, "kFirst");
  EXPECT_EQ(kinds[0].value, -16);
  EXPECT_EQ(kinds[1].name, "kLast");
  EXPECT_EQ(kinds[1].value, 127);
  EXPECT_EQ(TypeOf<Plain>().enumerators[1].name, "kPlainB");
  EXPECT_EQ(TypeOf<Small>().enumerators.size(), 1U);
  EXPECT_EQ(WriteJson(Flag::kOn), "\"kOn\"");
}

TEST(Names, OfSixtyFourFieldsAreFound) {
  struct Many {
    int f00, f01, f02, f03, f04, f05, f06, f07, f08, f09, f10, f11, f12, f13, f14, f15;
    int f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31;
    int f32, f33, f34, f35, f36, f37, f38, f39, f40, f41, f42, f43, f44, f45, f46, f47;
    int f48, f49, f50, f51, f52, f53, f54, f55, f56, f57, f58, f59, f60, f61, f62, f63;
  };
  ASSERT_EQ(TypeOf<Many>().members.size(), 64U);
  EXPECT_EQ(TypeOf<Many>().members[63].name, "f63");
}

}  // namespace
}  // namespace tenon::schema
