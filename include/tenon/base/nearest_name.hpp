// SPDX-License-Identifier: Apache-2.0
#pragma once

// "Did you mean": the known names that are closest to a mistyped one.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"

namespace tenon {

// Letters to insert, delete or replace, or neighbours to swap, until `a` is `b`.
TENON_EXPORT std::size_t EditDistance(std::string_view a, std::string_view b);

// At most `count` of the names, nearest first; none that has little to do with what was written.
TENON_EXPORT std::vector<std::string> NearestNames(std::string_view written,
                                                   std::span<const std::string> names,
                                                   std::size_t count = 3);

// " Did you mean 'x'?", " Did you mean 'x' or 'y'?", or nothing.
TENON_EXPORT std::string DidYouMean(std::string_view written, std::span<const std::string> names);

}  // namespace tenon
