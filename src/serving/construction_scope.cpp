// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/construction_scope.hpp"

#include <utility>

namespace tenon::serving {
namespace {

// The only way from an engine through a user's constructor to its members: a constructor takes the
// user's arguments and nothing of ours.
thread_local ConstructionScope* current = nullptr;

}  // namespace

ConstructionScope::ConstructionScope(BatchOptions batch)
    : outer_(current), batch_(std::move(batch)) {
  current = this;
}
ConstructionScope::~ConstructionScope() { current = outer_; }
ConstructionScope* ConstructionScope::Current() noexcept { return current; }

}  // namespace tenon::serving
