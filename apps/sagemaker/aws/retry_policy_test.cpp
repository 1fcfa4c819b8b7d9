// SPDX-License-Identifier: Apache-2.0
#include "aws/retry_policy.hpp"

#include <gtest/gtest.h>

namespace tenon::aws {
namespace {

using std::chrono::milliseconds;

TEST(RetryPolicy, KnowsWhatPassesByWaiting) {
  const struct {
    AttemptOutcome outcome;
    Remedy remedy;
  } cases[] = {
      {{.status = 0}, Remedy::kWait},
      {{.status = 500}, Remedy::kWait},
      {{.status = 503, .code = "ServiceUnavailable"}, Remedy::kWait},
      {{.status = 530}, Remedy::kWait},
      {{.status = 429, .code = "Anything"}, Remedy::kWait},
      {{.status = 400, .code = "ThrottlingException", .message = "Rate exceeded"}, Remedy::kWait},
      {{.status = 503, .code = "SlowDown"}, Remedy::kWait},
      {{.status = 400}, Remedy::kWait},  // {"message": null} is how the platform throttles.
      {{.status = 400, .code = "", .message = "bad"}, Remedy::kNone},
      {{.status = 400, .code = "ValidationException", .message = "bad"}, Remedy::kNone},
      {{.status = 403, .code = "AccessDenied"}, Remedy::kNone},
      {{.status = 404}, Remedy::kNone},
      {{.status = 424, .code = "ModelError"}, Remedy::kNone},
      {{.status = 400, .code = "ExpiredTokenException"}, Remedy::kRenewCredentials},
      {{.status = 403, .code = "ExpiredToken"}, Remedy::kRenewCredentials},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(RemedyFor(c.outcome), c.remedy) << c.outcome.status << " " << c.outcome.code;
  }
}

TEST(RetryPolicy, WaitsExponentiallyWithFullJitter) {
  EXPECT_EQ(BackOff(0, 0.0), milliseconds(0));
  EXPECT_EQ(BackOff(0, 0.5), milliseconds(50));
  EXPECT_EQ(BackOff(3, 0.5), milliseconds(400));
  EXPECT_EQ(BackOff(100, 0.5), milliseconds(2500));  // There is a longest.
}

}  // namespace
}  // namespace tenon::aws
