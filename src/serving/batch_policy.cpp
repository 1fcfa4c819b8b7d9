// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_policy.hpp"

#include <algorithm>
#include <string>

namespace tenon {
namespace {

Result<> ValidateSizes(const BatchOptions& options) {
  std::size_t last = 0;
  for (const std::size_t size : options.preferred_sizes) {
    if (size <= last) {
      return Error(ErrorCode::kInvalid, "preferred_sizes must rise from at least 1, found " +
                                            std::to_string(size) + " after " +
                                            std::to_string(last) + ".");
    }
    last = size;
  }
  if (options.max_batch_size && last > *options.max_batch_size) {
    return Error(ErrorCode::kInvalid, "preferred_sizes holds " + std::to_string(last) +
                                          ", more than the max_batch_size of " +
                                          std::to_string(*options.max_batch_size) + ".");
  }
  return {};
}

}  // namespace

Result<> Validate(const BatchOptions& options) {
  const auto at_least_one = [](const char* name, std::size_t value) -> Result<> {
    if (value >= 1) return {};
    return Error(ErrorCode::kInvalid, std::string(name) + " must be at least 1, found 0.");
  };
  if (auto valid = at_least_one("max_batch_size", options.max_batch_size.value_or(1)); !valid) {
    return valid;
  }
  if (options.batch_wait_timeout && options.batch_wait_timeout->count() < 0) {
    return Error(ErrorCode::kInvalid, "batch_wait_timeout must not be negative, found " +
                                          std::to_string(options.batch_wait_timeout->count()) +
                                          " microseconds.");
  }
  if (options.target_latency && options.target_latency->count() <= 0) {
    return Error(ErrorCode::kInvalid, "target_latency must be more than 0, found " +
                                          std::to_string(options.target_latency->count()) +
                                          " milliseconds.");
  }
  if (auto valid = ValidateSizes(options); !valid) return valid;
  return at_least_one("max_concurrent_batches", options.max_concurrent_batches);
}

namespace serving {

namespace {

// The largest preferred size that `count` can fill, or itself.
std::size_t FilledSize(std::span<const std::size_t> preferred, std::size_t count) noexcept {
  const auto above = std::upper_bound(preferred.begin(), preferred.end(), count);
  return above == preferred.begin() ? count : *(above - 1);
}

}  // namespace

std::size_t PaddedSize(std::span<const std::size_t> preferred, std::size_t count) noexcept {
  const auto least = std::lower_bound(preferred.begin(), preferred.end(), count);
  return least == preferred.end() ? count : *least;
}

BatchDecision Decide(const BatchOptions& options, const BatchSnapshot& snapshot) noexcept {
  if (snapshot.waiting == 0 || snapshot.running >= options.max_concurrent_batches) return {};
  const auto run = [&](std::size_t count, BatchCause cause) -> BatchDecision {
    const std::span<const std::size_t> preferred = options.preferred_sizes;
    // What is filled up only must not be more than the largest.
    if (!snapshot.pads || PaddedSize(preferred, count) == count) {
      count = FilledSize(preferred, count);
    }
    return {.action = BatchAction::kRun, .count = count, .time = {}, .cause = cause};
  };
  const std::size_t limit = std::max<std::size_t>(snapshot.limit, 1);
  if (snapshot.waiting > limit) return run(limit, BatchCause::kFull);
  const std::size_t count = snapshot.waiting;
  if (snapshot.fits > 0 && snapshot.fits < count) return run(snapshot.fits, BatchCause::kDeadline);
  if (count == limit) return run(count, BatchCause::kFull);
  if (!options.batch_wait_timeout || options.batch_wait_timeout->count() == 0) {
    return run(count, BatchCause::kFreePermit);
  }
  const TimePoint due = snapshot.oldest_enqueued + *options.batch_wait_timeout;
  if (snapshot.now >= due) return run(count, BatchCause::kTimeout);
  if (snapshot.now >= snapshot.latest_start) return run(count, BatchCause::kDeadline);
  return {.action = BatchAction::kWaitUntil,
          .count = 0,
          .time = std::min(due, snapshot.latest_start),
          .cause = BatchCause::kNone};
}

}  // namespace serving
}  // namespace tenon
