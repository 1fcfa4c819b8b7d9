// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a step of a request takes, and whether it is worth its start.

#include <atomic>
#include <cstdint>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon::serving {

// Learns what calls take that succeed, near the least of the latest ones: what a call waits for
// inside is a matter of load, and load that leaves must be noticed.
//
// Thread safety: thread-safe. It may lose a call to a race: it steers, nothing depends on it.
class TENON_EXPORT StepCost {
 public:
  StepCost() = default;
  StepCost(const StepCost&) = delete;
  StepCost& operator=(const StepCost&) = delete;

  void Record(Duration took) noexcept;
  // True: a call takes more than the deadline leaves, so it should not start. After some thirty
  // in a row one may all the same: otherwise a step could never show that it is fast again.
  bool IsHopeless(Deadline deadline, TimePoint now) noexcept;
  // Zero before the first call.
  Duration Typical() const noexcept;

 private:
  std::atomic<Duration::rep> typical_{0};
  std::atomic<std::uint32_t> given_up_{0};
};

}  // namespace tenon::serving
