// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a call runs now, waits, or is refused: a pure decision.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon::serving {

struct AdmissionLimits {
  std::size_t max_ongoing_requests = 1000;  // Calls that run at once; at least 1.
  std::size_t max_queued_requests = 1000;   // Calls that wait; 0 refuses what cannot run at once.
  // Where a limit was not set: it then is the most, and what was measured decides below it.
  bool adapts_ongoing = false;
  bool adapts_queued = false;

  bool operator==(const AdmissionLimits&) const = default;
};

struct AdmissionSnapshot {
  std::size_t ongoing = 0;
  std::size_t queued = 0;
  std::size_t concurrency = std::numeric_limits<std::size_t>::max();  // Learned.
  Duration expected_wait{};              // In the queue, as fast as it drains; zero: not known.
  Duration remaining = Duration::max();  // Until the call's deadline.
  Duration expected_hold{};              // Of calls that run; zero: not known.
};

enum class AdmissionDecision : std::uint8_t { kAdmit, kQueue, kRefuse };

// Who waits is served first: nobody is admitted past a queue. Where the queue's length is not set,
// a call waits at most half of the time that it has, and only where it is likely to end in time.
TENON_EXPORT AdmissionDecision Decide(const AdmissionLimits& limits,
                                      const AdmissionSnapshot& snapshot) noexcept;

// What was seen of calls while many were under way.
struct ConcurrencyWindow {
  std::size_t limit = 0;         // Calls that ran at once at most.
  std::size_t most_ongoing = 0;  // Calls that did.
  std::size_t completed = 0;
  Duration length{};
  Duration mean_hold{};               // What one takes, with all that it waits for inside.
  Duration base_hold{};               // What the fastest one took ever, or nearly.
  Duration budget = Duration::max();  // What calls have when they arrive.
  Duration own_hold{};                // As NextOwnHold found it.
  Duration seen_hold{};  // Mean of calls that began and ended in the window; zero: there was none.
  Duration hold_before{};  // The same before the limit was lowered by much; zero: it was not.
};

// How many calls may be under way from now on, at most `most`. Where calls take longer than a
// quarter of the budget, and that is not what they take by themselves, a queue stands inside; then
// no more than end within that quarter. Otherwise the limit grows when it was reached.
TENON_EXPORT std::size_t NextConcurrency(std::size_t most,
                                         const ConcurrencyWindow& window) noexcept;

// What calls take whoever else is there, as far as that window tells: where fewer at once made none
// faster, it is not each other that they wait for. Models change, so it is forgotten again.
TENON_EXPORT Duration NextOwnHold(const ConcurrencyWindow& window) noexcept;

// After which pause a refused call has a chance: when half of the queue has drained, at most a
// minute; a second where it is not known how fast it drains.
TENON_EXPORT std::chrono::milliseconds RetryPause(std::size_t queued,
                                                  Duration drain_interval) noexcept;

}  // namespace tenon::serving
