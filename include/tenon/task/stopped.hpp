// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a scope still wants its work, and the error that says why it does not.

#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/task/scope.hpp"

namespace tenon {

// True when stop was requested or the deadline has passed: what has not started need not start.
// REQUIRES: on the scope's loop.
inline bool IsStopped(const Scope& scope) noexcept {
  return scope.stop.StopRequested() ||
         (!scope.deadline.IsNever() && scope.deadline.Passed(scope.loop->Now()));
}

// kDeadlineExceeded, in words for the client.
TENON_EXPORT Error DeadlineError();

// Why: kDeadlineExceeded when the deadline has passed, else kCancelled.
// REQUIRES: on the scope's loop.
TENON_EXPORT Error StoppedError(const Scope& scope);

}  // namespace tenon
