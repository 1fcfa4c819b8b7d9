// SPDX-License-Identifier: Apache-2.0
#include "task/timer_heap.hpp"

#include <cassert>

namespace tenon {

Timer::~Timer() {
  if (heap_ != nullptr) heap_->Remove(*this);
}

TimerHeap::~TimerHeap() {
  for (const Entry& entry : entries_) {
    entry.timer->heap_ = nullptr;
    entry.timer->position_ = Timer::kNotArmed;
  }
}

void TimerHeap::Set(Timer& timer, TimePoint time) {
  const Entry entry{time, &timer};
  if (timer.heap_ == nullptr) {
    entries_.push_back(entry);
    timer.heap_ = this;
    SiftUp(entries_.size() - 1, entry);
    return;
  }
  assert(timer.heap_ == this && "a timer is armed on one loop at a time");
  Settle(timer.position_, entry);
}

void TimerHeap::Remove(Timer& timer) noexcept {
  if (timer.heap_ != this) return;
  const std::size_t hole = timer.position_;
  timer.heap_ = nullptr;
  timer.position_ = Timer::kNotArmed;
  const Entry last = entries_.back();
  entries_.pop_back();
  if (hole < entries_.size()) Settle(hole, last);
}

Timer* TimerHeap::PopDue(TimePoint now) noexcept {
  if (entries_.empty() || entries_.front().time > now) return nullptr;
  Timer* timer = entries_.front().timer;
  Remove(*timer);
  return timer;
}

void TimerHeap::Place(std::size_t position, Entry entry) noexcept {
  entries_[position] = entry;
  entry.timer->position_ = position;
}

void TimerHeap::SiftUp(std::size_t position, Entry entry) noexcept {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (entries_[parent].time <= entry.time) break;
    Place(position, entries_[parent]);
    position = parent;
  }
  Place(position, entry);
}

void TimerHeap::SiftDown(std::size_t position, Entry entry) noexcept {
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= entries_.size()) break;
    if (child + 1 < entries_.size() && entries_[child + 1].time < entries_[child].time) ++child;
    if (entry.time <= entries_[child].time) break;
    Place(position, entries_[child]);
    position = child;
  }
  Place(position, entry);
}

void TimerHeap::Settle(std::size_t position, Entry entry) noexcept {
  const bool up = position > 0 && entry.time < entries_[(position - 1) / 2].time;
  up ? SiftUp(position, entry) : SiftDown(position, entry);
}

}  // namespace tenon
