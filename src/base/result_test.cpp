// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace tenon {
namespace {

Result<int> Parse(bool good) {
  if (good) return 5;
  return Error(ErrorCode::kMalformed, "no number");
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = Parse(true);
  ASSERT_TRUE(good.Ok());
  EXPECT_TRUE(static_cast<bool>(good));
  EXPECT_EQ(*good, 5);
  const Result<int> bad = Parse(false);
  ASSERT_FALSE(bad.Ok());
  EXPECT_EQ(bad.Error().Detail(), "no number");
}

TEST(Result, ValueThrowsTheError) {
  EXPECT_EQ(Parse(true).Value(), 5);
  try {
    Parse(false).Value();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.Code(), ErrorCode::kMalformed);
  }
  const Result<int> named = Parse(false);
  EXPECT_THROW(named.Value(), Error);
  EXPECT_EQ(named.Error().Detail(), "no number") << "a copy was thrown";
}

TEST(Result, OfNothingIsGoodByDefault) {
  const Result<> good;
  EXPECT_TRUE(good.Ok());
  good.Value();
  const Result<> bad = Error(ErrorCode::kInvalid, "x");
  EXPECT_FALSE(bad.Ok());
  EXPECT_THROW(bad.Value(), Error);
}

TEST(Result, MovesWhatOnlyMoves) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  EXPECT_EQ(**result, 3);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 3);
}

TEST(Result, TakesWhatConvertsToItsValue) {
  const Result<std::string> text = "abc";
  EXPECT_EQ(text->size(), 3U);
  const Result<double> number = 1;
  EXPECT_EQ(*number, 1.0);
}

TEST(Result, OfAResultKeepsTheTwoApart) {
  const Result<Result<int>> inner_failed = Parse(false);
  ASSERT_TRUE(inner_failed.Ok());
  EXPECT_FALSE(inner_failed->Ok());
  const Result<Result<int>> outer_failed = Error(ErrorCode::kInvalid, "outer");
  ASSERT_FALSE(outer_failed.Ok());
  EXPECT_EQ(outer_failed.Error().Detail(), "outer");
}

TEST(Result, IsNothingElse) {
  static_assert(!std::is_convertible_v<Result<int>, bool>, "explicit only");
  static_assert(!std::is_constructible_v<Result<int>, std::string>);
  static_assert(std::is_nothrow_move_constructible_v<Result<int>>);
}

}  // namespace
}  // namespace tenon
