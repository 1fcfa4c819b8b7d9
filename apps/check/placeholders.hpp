// SPDX-License-Identifier: Apache-2.0
#pragma once

// `${name}` in the texts of a case.

#include <map>
#include <string>
#include <string_view>

#include "tenon/base/result.hpp"

namespace tenon::check {

using Values = std::map<std::string, std::string, std::less<>>;

// Replaces `${name}` by the value of that name, and `${repeat N text}` by N times the text.
// What was put in is not looked at again. Errors: kInvalid for a name that is not known.
Result<std::string> Expand(std::string_view text, const Values& values);

// "0a ff" as two bytes. Errors: kInvalid.
Result<std::string> FromHex(std::string_view text);

}  // namespace tenon::check
