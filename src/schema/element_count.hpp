// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many elements a shape from outside has.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tenon/base/export.hpp"

namespace tenon::schema {

// As ElementCount; nothing where that throws. A length of 0 makes no other one addressable.
TENON_EXPORT std::optional<std::size_t> CountElements(std::span<const std::int64_t> shape) noexcept;

}  // namespace tenon::schema
