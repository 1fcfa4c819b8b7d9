// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/stopped.hpp"

namespace tenon {

Error DeadlineError() {
  return {ErrorCode::kDeadlineExceeded,
          "The deadline passed before the work was done; allow more time or ask for less."};
}

Error StoppedError(const Scope& scope) {
  if (!scope.deadline.IsNever() && scope.deadline.Passed(scope.loop->Now())) return DeadlineError();
  return {ErrorCode::kCancelled, "The work was stopped before it was done, at the caller's wish."};
}

}  // namespace tenon
