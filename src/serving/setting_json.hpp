// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text of a setting as the JSON that means the same.

#include <optional>
#include <string>
#include <string_view>

#include "tenon/schema/type.hpp"

namespace tenon::serving {

// Nothing where the text means nothing to the type. For maps, structs and the like the text itself.
std::optional<std::string> SettingAsJson(const schema::Type& type, std::string_view text);

// Whether SettingAsJson writes the JSON; otherwise it is the text itself, whatever that is.
bool IsWritten(const schema::Type& type, std::string_view text);

}  // namespace tenon::serving
