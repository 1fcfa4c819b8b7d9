// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/stack.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tenon::detail {

void RefuseToStack(std::size_t index, std::span<const std::int64_t> found,
                   std::span<const std::int64_t> first) {
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("Items of different shapes do not make a batch: item {} is [{}], the first "
                  "is [{}].",
                  index, fmt::join(found, ", "), fmt::join(first, ", ")));
}

void RefuseScalar() {
  throw Error(ErrorCode::kInvalid, "A scalar has no batch dimension to split along.");
}

}  // namespace tenon::detail
