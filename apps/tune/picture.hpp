// SPDX-License-Identifier: Apache-2.0
#pragma once

// The report as a picture: for each batched function its curve, its waits and its runs.

#include <span>
#include <string>

#include "reading.hpp"

namespace tenon::tune {

// A PNG file. At most the first kMostDrawn functions are in it.
inline constexpr std::size_t kMostDrawn = 8;
std::string ToPng(std::span<const BatchFunction> functions);

}  // namespace tenon::tune
