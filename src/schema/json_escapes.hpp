// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tenon::schema {

// Appends what stands between the quotes of a JSON string with its escapes resolved. The answer is
// the offset of the first escape that is none of JSON's or half a surrogate pair, if there is one.
std::optional<std::size_t> Unescape(std::string_view raw, std::string& out);

}  // namespace tenon::schema
