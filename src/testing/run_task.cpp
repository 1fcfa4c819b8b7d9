// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/run_task.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace tenon::testing {

void RunUntilEnded(ManualLoop& loop, const ComputePool* pool, const EndNote& note) {
  constexpr std::chrono::milliseconds kLook{10};
  constexpr std::chrono::milliseconds kPatience{2'000};
  for (;;) {
    loop.RunUntilIdle();
    if (note.Ended()) return;
    // A job posts before the pool counts it as ended, so an idle pool has posted all it will.
    if (pool != nullptr && !pool->Idle()) {
      loop.WaitForPost(kLook);
      continue;
    }
    if (loop.RunUntilIdle() > 0 || loop.AdvanceToNextTimer()) continue;
    // A thread of the test may have taken back a job and be about to post that.
    if (loop.WaitForPost(kPatience)) continue;
    std::fputs(
        "RunTask: the operation waits, but nothing is posted, no timer is armed and no job "
        "runs; what it waits for never comes.\n",
        stderr);
    std::abort();
  }
}

}  // namespace tenon::testing
