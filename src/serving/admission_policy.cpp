// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission_policy.hpp"

#include <algorithm>

namespace tenon::serving {

AdmissionDecision Decide(const AdmissionLimits& limits,
                         const AdmissionSnapshot& snapshot) noexcept {
  const std::size_t most = limits.adapts_ongoing
                               ? std::min(limits.max_ongoing_requests, snapshot.concurrency)
                               : limits.max_ongoing_requests;
  if (snapshot.queued == 0 && snapshot.ongoing < most) return AdmissionDecision::kAdmit;
  if (snapshot.queued >= limits.max_queued_requests) return AdmissionDecision::kRefuse;
  // A quarter on top: some calls take longer than most.
  const Duration needed =
      snapshot.expected_wait + snapshot.expected_hold + snapshot.expected_hold / 4;
  const bool is_too_long =
      limits.adapts_queued &&
      (snapshot.expected_wait > snapshot.remaining / 2 || needed > snapshot.remaining);
  return is_too_long ? AdmissionDecision::kRefuse : AdmissionDecision::kQueue;
}

std::size_t NextConcurrency(std::size_t most, const ConcurrencyWindow& window) noexcept {
  constexpr std::size_t kLeast = 2;
  if (window.completed == 0 || window.budget == Duration::max()) return window.limit;
  const Duration target = window.budget / 4;
  const bool is_long = window.mean_hold > target;
  if (is_long && window.mean_hold > 2 * std::max(window.base_hold, window.own_hold)) {
    const double share = std::chrono::duration<double>(target) /
                         std::max<std::chrono::duration<double>>(window.length, target / 100.0);
    const auto ends = static_cast<std::size_t>(static_cast<double>(window.completed) * share);
    const std::size_t half = std::min(window.limit, window.most_ongoing) / 2;
    return std::min(window.limit, std::max({ends, half, kLeast}));
  }
  if (window.most_ongoing < window.limit) return window.limit;
  // Calls that are long by themselves lose nothing where many are let in.
  return std::min(most, window.limit + window.limit / (is_long ? 2 : 4) + 1);
}

Duration NextOwnHold(const ConcurrencyWindow& window) noexcept {
  const bool was_no_use = window.hold_before > Duration::zero() &&
                          window.seen_hold > window.hold_before - window.hold_before / 10;
  if (!was_no_use) return window.own_hold - window.own_hold / 256;
  return std::min(window.seen_hold, 2 * std::max(window.base_hold, window.own_hold));
}

std::chrono::milliseconds RetryPause(std::size_t queued, Duration drain_interval) noexcept {
  using std::chrono::milliseconds;
  if (drain_interval <= Duration::zero()) return std::chrono::seconds(1);
  constexpr Duration kMost = std::chrono::minutes(1);
  const auto ahead = static_cast<Duration::rep>(std::max<std::size_t>(queued / 2, 1));
  const Duration pause = drain_interval > kMost / ahead ? kMost : drain_interval * ahead;
  return std::max(std::chrono::ceil<milliseconds>(pause), milliseconds(1));
}

}  // namespace tenon::serving
