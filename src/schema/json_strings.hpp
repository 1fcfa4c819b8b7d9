// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace tenon::schema {

// How many characters at the start of a text stand for themselves in a JSON string: ASCII without
// quotes, backslashes and control characters.
std::size_t PlainPrefix(std::string_view text) noexcept;

}  // namespace tenon::schema
