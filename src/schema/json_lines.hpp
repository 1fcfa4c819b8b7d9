// SPDX-License-Identifier: Apache-2.0
#pragma once

// A JSON document a line.

#include <string>
#include <string_view>

#include "tenon/base/result.hpp"

namespace tenon::schema {

// The lines as one JSON array, in order. Lines of white space are none.
// Errors: kMalformed with the line that is not one JSON document, or where there is no line.
Result<std::string> JoinJsonLines(std::string_view text);

}  // namespace tenon::schema
