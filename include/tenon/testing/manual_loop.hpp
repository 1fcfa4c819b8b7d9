// SPDX-License-Identifier: Apache-2.0
#pragma once

// An event loop without a thread: a test decides when it runs and what time it is.

#include <chrono>
#include <cstddef>
#include <memory>

#include "tenon/base/export.hpp"
#include "tenon/task/event_loop.hpp"
#include "tenon/testing/manual_clock.hpp"

namespace tenon::testing {

// Thread safety: `Post` from any thread; the rest from the test's.
class TENON_EXPORT ManualLoop final : public EventLoop {
 public:
  // The clock outlives the loop.
  explicit ManualLoop(ManualClock& clock);
  ~ManualLoop() override;

  // Runs posted work and timers that are due until there is none; gives how many ran.
  std::size_t RunUntilIdle();
  // Lets the clock jump to the next timer, and runs nothing. False: no timer is armed.
  bool AdvanceToNextTimer();
  // Waits in real time until another thread has posted. False: `limit` passed and nothing came.
  bool WaitForPost(std::chrono::milliseconds limit);

  std::size_t ArmedTimers() const noexcept;
  const char* Activity() const noexcept;

  void Post(PostedWork& work) noexcept override;
  TimePoint Now() const noexcept override;
  void Arm(Timer& timer, TimePoint time) override;
  void Disarm(Timer& timer) noexcept override;
  void SetActivity(const char* name) noexcept override;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tenon::testing
