// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where and why a text is not JSON.

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/json_index.hpp"
#include "tenon/base/error.hpp"

namespace tenon::schema {

// "Not JSON at line 3, column 14 (byte 57): <what>." Lines and columns count from 1, in characters.
Error Malformed(std::string_view text, std::size_t byte, std::string_view what);

// The same for what the index found; looks for the place.
// REQUIRES: fault is not kNone.
Error Malformed(std::string_view text, IndexFault fault);

}  // namespace tenon::schema
