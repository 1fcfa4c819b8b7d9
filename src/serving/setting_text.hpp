// SPDX-License-Identifier: Apache-2.0
#pragma once

// One setting between its text and its field.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tenon/schema/type.hpp"

namespace tenon::serving {

// Fills the field from the text. Gives what is wrong, to be put behind "NAME says '...'; ": "it
// takes a whole number from 1 to 10."
std::optional<std::string> ReadSetting(const schema::Type& owner, void* object,
                                       const schema::Member& member, std::string_view text);

// A given text as it may be shown: `***` when the type holds a Secret, control characters replaced,
// cut after so many bytes.
std::string ShowGiven(const schema::Type& type, std::string_view text, std::size_t most);

// What a field holds, as the text that would give it; empty for an empty optional.
std::string ShowValue(const schema::Type& type, const void* object, std::size_t most);

}  // namespace tenon::serving
