// SPDX-License-Identifier: Apache-2.0
#pragma once

// Running a coroutine to its end in a unit test.

#include <coroutine>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/scope.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"

namespace tenon::testing {

// Notes that an operation has ended.
class EndNote final : public Completion {
 public:
  std::coroutine_handle<> Complete() noexcept override {
    ended_ = true;
    return std::noop_coroutine();
  }
  bool Ended() const noexcept { return ended_; }

 private:
  bool ended_ = false;
};

// Runs the loop until the note is set; time jumps to the next timer whenever nothing else is left
// to do. Ends the program with a message when the operation waits for something that never comes.
TENON_EXPORT void RunUntilEnded(ManualLoop& loop, const ComputePool* pool, const EndNote& note);

// Runs an operation in a scope whose loop is `loop`.
template <Operation T>
Result<typename T::ValueType> RunIn(const Scope& scope, ManualLoop& loop, T operation) {
  EndNote note;
  if (!operation.Start(scope, note)) RunUntilEnded(loop, scope.pool, note);
  return operation.TakeResult();
}

// Runs a task, or any other operation, on a loop of its own whose time passes by itself:
//
//   EXPECT_EQ(*RunTask(deployment.Infer({.text = "hello"})), expected);
//
// Without a pool, work for the pool runs inline.
template <Operation T>
Result<typename T::ValueType> RunTask(T operation, ComputePool* pool = nullptr) {
  ManualClock clock;
  ManualLoop loop(clock);
  Scope scope;
  scope.loop = &loop;
  scope.pool = pool;
  return RunIn(scope, loop, std::move(operation));
}

}  // namespace tenon::testing
