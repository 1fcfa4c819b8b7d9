// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/manual_loop.hpp"

#include <condition_variable>
#include <mutex>

#include "task/posted_queue.hpp"
#include "task/timer_heap.hpp"

namespace tenon::testing {

struct ManualLoop::Content {
  explicit Content(ManualClock& manual_clock) : clock(manual_clock) {}

  ManualClock& clock;
  PostedQueue posted;
  TimerHeap timers;
  std::mutex mutex;
  std::condition_variable post_came;
  bool has_post = false;
  const char* activity = nullptr;
};

ManualLoop::ManualLoop(ManualClock& clock) : content_(std::make_unique<Content>(clock)) {}
ManualLoop::~ManualLoop() = default;

std::size_t ManualLoop::RunUntilIdle() {
  std::size_t ran = 0;
  for (;;) {
    {
      const std::lock_guard lock(content_->mutex);
      content_->has_post = false;
    }
    const bool any_posted = content_->posted.RunAll([&ran] { ++ran; });
    Timer* timer = content_->timers.PopDue(content_->clock.Now());
    if (timer != nullptr) {
      ++ran;
      timer->OnTime();
    }
    if (!any_posted && timer == nullptr) return ran;
  }
}

bool ManualLoop::AdvanceToNextTimer() {
  const TimePoint next = content_->timers.NextTime();
  if (next == TimePoint::max()) return false;
  content_->clock.AdvanceTo(next);
  return true;
}

bool ManualLoop::WaitForPost(std::chrono::milliseconds limit) {
  std::unique_lock lock(content_->mutex);
  return content_->post_came.wait_for(lock, limit, [this] { return content_->has_post; });
}

std::size_t ManualLoop::ArmedTimers() const noexcept { return content_->timers.Size(); }
const char* ManualLoop::Activity() const noexcept { return content_->activity; }

void ManualLoop::Post(PostedWork& work) noexcept {
  // Under the lock, since a test may end, and the loop with it, as soon as the work has run.
  const std::lock_guard lock(content_->mutex);
  content_->posted.Push(work);
  content_->has_post = true;
  content_->post_came.notify_all();
}

TimePoint ManualLoop::Now() const noexcept { return content_->clock.Now(); }
void ManualLoop::Arm(Timer& timer, TimePoint time) { content_->timers.Set(timer, time); }
void ManualLoop::Disarm(Timer& timer) noexcept { content_->timers.Remove(timer); }
void ManualLoop::SetActivity(const char* name) noexcept { content_->activity = name; }

}  // namespace tenon::testing
