// SPDX-License-Identifier: Apache-2.0
#pragma once

// The timers of one loop, the next one first.

#include <cstddef>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/task/event_loop.hpp"

namespace tenon {

// A binary heap in which each timer knows its place, so that moving and removing one costs
// O(log n). Timers of the same time fire in no particular order.
//
// Thread safety: confined to the loop's thread.
class TENON_EXPORT TimerHeap {
 public:
  TimerHeap() = default;
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;
  // Timers that are still armed never fire.
  ~TimerHeap();

  // Adds the timer, or moves it. REQUIRES: it is in no other heap.
  void Set(Timer& timer, TimePoint time);
  void Remove(Timer& timer) noexcept;

  // TimePoint::max() when there is none.
  TimePoint NextTime() const noexcept {
    return entries_.empty() ? TimePoint::max() : entries_.front().time;
  }
  std::size_t Size() const noexcept { return entries_.size(); }

  // Takes out the next timer if its time has come by `now`, else gives null.
  Timer* PopDue(TimePoint now) noexcept;

 private:
  struct Entry {
    TimePoint time;
    Timer* timer;
  };
  void Place(std::size_t position, Entry entry) noexcept;
  void SiftUp(std::size_t position, Entry entry) noexcept;
  void SiftDown(std::size_t position, Entry entry) noexcept;
  // Puts `entry` where it belongs, starting at a hole.
  void Settle(std::size_t position, Entry entry) noexcept;

  std::vector<Entry> entries_;
};

}  // namespace tenon
