// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs an operation in surroundings of its own.

#include <utility>

#include "tenon/task/operation.hpp"

namespace tenon {

// An Operation that starts `operation` with `scope` instead of the awaiting coroutine's.
// REQUIRES: same loop; the scope outlives the operation.
template <Operation T>
class WithScope {
 public:
  using ValueType = typename T::ValueType;

  WithScope(const Scope& scope, T operation) : scope_(&scope), operation_(std::move(operation)) {}

  bool Start(const Scope& /*parent*/, Completion& completion) {
    return operation_.Start(*scope_, completion);
  }
  Result<ValueType> TakeResult() { return operation_.TakeResult(); }

 private:
  const Scope* scope_;
  T operation_;
};

}  // namespace tenon
