// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/error.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon {
namespace {

TEST(ErrorCode, HasOneStatusAndOneNameEach) {
  struct Row {
    ErrorCode code;
    int status;
    std::string_view name;
  };
  const std::vector<Row> rows{
      {ErrorCode::kMalformed, 400, "malformed"},
      {ErrorCode::kNotFound, 404, "not_found"},
      {ErrorCode::kMethodNotAllowed, 405, "method_not_allowed"},
      {ErrorCode::kNotAcceptable, 406, "not_acceptable"},
      {ErrorCode::kTooLarge, 413, "too_large"},
      {ErrorCode::kUnsupportedMediaType, 415, "unsupported_media_type"},
      {ErrorCode::kInvalid, 422, "invalid"},
      {ErrorCode::kOverloaded, 429, "overloaded"},
      {ErrorCode::kCancelled, 499, "cancelled"},
      {ErrorCode::kInternal, 500, "internal"},
      {ErrorCode::kUnavailable, 503, "unavailable"},
      {ErrorCode::kDeadlineExceeded, 504, "deadline_exceeded"},
      {ErrorCode::kOutOfMemory, 507, "out_of_memory"},
  };
  ASSERT_EQ(rows.size(), kErrorCodeCount);
  std::set<ErrorCode> seen;
  for (const Row& row : rows) {
    EXPECT_EQ(HttpStatus(row.code), row.status);
    EXPECT_EQ(Name(row.code), row.name);
    EXPECT_FALSE(Title(row.code).empty());
    seen.insert(row.code);
  }
  EXPECT_EQ(seen.size(), kErrorCodeCount);
}

TEST(Error, CarriesWhatItIsGiven) {
  const Error error = Error(ErrorCode::kInvalid, "two faults")
                          .WithPrivateDetail("/opt/secret")
                          .WithFaults({{"/a", "is missing"}, {"/b/0", "is no number"}}, 3)
                          .WithRetryAfter(std::chrono::seconds(7));
  EXPECT_EQ(error.Code(), ErrorCode::kInvalid);
  EXPECT_EQ(error.Detail(), "two faults");
  EXPECT_EQ(error.PrivateDetail(), "/opt/secret");
  ASSERT_EQ(error.Faults().size(), 2U);
  EXPECT_EQ(error.Faults()[1].pointer, "/b/0");
  EXPECT_EQ(error.OmittedFaults(), 3U);
  EXPECT_EQ(error.RetryAfter(), std::chrono::seconds(7));
  EXPECT_STREQ(error.what(), "two faults (/opt/secret)");
}

TEST(Error, HasNothingMoreByDefault) {
  const Error error(ErrorCode::kNotFound, "no such model");
  EXPECT_STREQ(error.what(), "no such model");
  EXPECT_TRUE(error.PrivateDetail().empty());
  EXPECT_TRUE(error.Faults().empty());
  EXPECT_EQ(error.OmittedFaults(), 0U);
  EXPECT_EQ(error.RetryAfter(), std::nullopt);
}

TEST(Error, KeepsPrivateDetailOutOfWhatClientsSee) {
  const Error error = Error(ErrorCode::kInternal, "failed").WithPrivateDetail("secret");
  EXPECT_EQ(error.Detail().find("secret"), std::string::npos);
}

TEST(Error, CopiesAreIndependent) {
  Error first(ErrorCode::kInvalid, "a");
  Error second = first;
  second = std::move(second).WithPrivateDetail("b");
  EXPECT_TRUE(first.PrivateDetail().empty());
  first = second;
  EXPECT_EQ(first.PrivateDetail(), "b");
  Error& same = first;
  first = same;
  EXPECT_EQ(first.PrivateDetail(), "b");
  const Error third = std::move(second);
  EXPECT_EQ(third.PrivateDetail(), "b");
}

TEST(Error, IsMadeFromWhateverWasThrown) {
  struct Row {
    std::function<void()> thrower;
    ErrorCode code;
    std::string_view private_detail;
  };
  const std::vector<Row> rows{
      {[] { throw Error(ErrorCode::kOverloaded, "full"); }, ErrorCode::kOverloaded, ""},
      {[] { throw std::bad_alloc(); }, ErrorCode::kOutOfMemory, ""},
      {[] { throw std::runtime_error("/opt/model is broken"); }, ErrorCode::kInternal,
       "/opt/model is broken"},
      {[] { throw 7; }, ErrorCode::kInternal, "something was thrown that is not a std::exception"},
  };
  for (const Row& row : rows) {
    try {
      row.thrower();
    } catch (...) {
      const Error error = ErrorFromCurrentException();
      EXPECT_EQ(error.Code(), row.code);
      EXPECT_EQ(error.PrivateDetail(), row.private_detail);
      EXPECT_EQ(error.Detail().find("/opt"), std::string::npos) << "a client never sees it";
    }
  }
}

}  // namespace
}  // namespace tenon
