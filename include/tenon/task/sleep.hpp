// SPDX-License-Identifier: Apache-2.0
#pragma once

// Letting time pass without holding a thread.

#include <optional>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/task/event_loop.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/scope.hpp"

namespace tenon {

// See Sleep.
class [[nodiscard]] TENON_EXPORT SleepOperation final : private Timer, private PostedWork {
 public:
  using ValueType = void;

  explicit SleepOperation(Duration duration) noexcept : duration_(duration) {}
  // REQUIRES: `other` has not started.
  SleepOperation(SleepOperation&& other) noexcept : SleepOperation(other.duration_) {}

  bool Start(const Scope& scope, Completion& completion);
  Result<void> TakeResult();

 private:
  struct WakeEarly {
    SleepOperation* sleep;
    void operator()() const noexcept;
  };

  void OnTime() noexcept override;
  void RunPosted() noexcept override;
  void End() noexcept;

  Duration duration_;
  const Scope* scope_ = nullptr;
  Completion* completion_ = nullptr;
  bool past_deadline_ = false;
  bool woken_early_ = false;  // Written by the stop request, read after it was waited for.
  std::optional<Error> failure_;
  std::optional<StopCallback<WakeEarly>> on_stop_;
};

// Suspends the caller for `duration`, counted from the loop's last wake-up; does not suspend when
// it is zero or less.
//
//   co_await tenon::Sleep(20ms);
//
// Errors: kCancelled as soon as stop is requested; kDeadlineExceeded at the scope's deadline when
// that comes before the end of the sleep.
inline SleepOperation Sleep(Duration duration) noexcept { return SleepOperation(duration); }

}  // namespace tenon
