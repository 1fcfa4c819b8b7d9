// SPDX-License-Identifier: Apache-2.0
#include "aws/retry_policy.hpp"

#include <algorithm>
#include <array>

namespace tenon::aws {
namespace {

constexpr std::array<std::string_view, 11> kThrottlingCodes = {"Throttling",
                                                               "ThrottlingException",
                                                               "ThrottledException",
                                                               "RequestThrottled",
                                                               "RequestThrottledException",
                                                               "TooManyRequestsException",
                                                               "RequestLimitExceeded",
                                                               "LimitExceededException",
                                                               "BandwidthLimitExceeded",
                                                               "SlowDown",
                                                               "PriorRequestNotComplete"};
constexpr std::array<std::string_view, 4> kTransientCodes = {
    "RequestTimeout", "RequestTimeoutException", "IDPCommunicationError", "ModelNotReadyException"};
constexpr std::array<std::string_view, 4> kExpiredCodes = {
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"};

template <std::size_t kCount>
bool Among(std::string_view code, const std::array<std::string_view, kCount>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

bool IsThrottling(const AttemptOutcome& outcome) {
  if (outcome.status == 429 || Among(outcome.code, kThrottlingCodes)) return true;
  // The hosting platform also throttles with 400 and {"message": null}.
  return outcome.status == 400 && outcome.code.empty() && outcome.message.empty();
}

Remedy RemedyFor(const AttemptOutcome& outcome) {
  if (Among(outcome.code, kExpiredCodes)) return Remedy::kRenewCredentials;
  const bool transient = outcome.status == 0 || outcome.status >= 500 ||
                         Among(outcome.code, kTransientCodes) || IsThrottling(outcome);
  return transient ? Remedy::kWait : Remedy::kNone;
}

std::chrono::milliseconds BackOff(int retry, double chance) {
  constexpr double kFirst = 100;
  constexpr double kLongest = 5000;
  double limit = kFirst;
  for (int i = 0; i < retry && limit < kLongest; ++i) limit *= 2;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(limit, kLongest) * chance));
}

}  // namespace tenon::aws
