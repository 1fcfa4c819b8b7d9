// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_policy.hpp"

#include <algorithm>
#include <string>

namespace tenon {

Result<> Validate(const BatchOptions& options) {
  const auto at_least_one = [](const char* name, std::size_t value) -> Result<> {
    if (value >= 1) return {};
    return Error(ErrorCode::kInvalid, std::string(name) + " must be at least 1, found 0.");
  };
  if (auto valid = at_least_one("max_batch_size", options.max_batch_size); !valid) return valid;
  if (options.batch_wait_timeout < std::chrono::microseconds::zero()) {
    return Error(ErrorCode::kInvalid,
                 "batch_wait_timeout must not be negative, found " +
                     std::to_string(options.batch_wait_timeout.count()) + " microseconds.");
  }
  return at_least_one("max_concurrent_batches", options.max_concurrent_batches);
}

namespace serving {

BatchDecision Decide(const BatchOptions& options, const BatchSnapshot& snapshot) noexcept {
  if (snapshot.waiting == 0 || snapshot.running >= options.max_concurrent_batches) return {};
  if (snapshot.waiting >= options.max_batch_size) {
    return {.action = BatchAction::kRun,
            .count = options.max_batch_size,
            .time = {},
            .cause = BatchCause::kFull};
  }
  const bool waits = options.batch_wait_timeout > std::chrono::microseconds::zero();
  const TimePoint due = snapshot.oldest_enqueued + options.batch_wait_timeout;
  if (waits && snapshot.now < due) {
    return {.action = BatchAction::kWaitUntil, .count = 0, .time = due, .cause = BatchCause::kNone};
  }
  return {.action = BatchAction::kRun,
          .count = snapshot.waiting,
          .time = {},
          .cause = waits ? BatchCause::kTimeout : BatchCause::kFreePermit};
}

}  // namespace serving
}  // namespace tenon
