// SPDX-License-Identifier: Apache-2.0
#pragma once

// The little XML that IAM, STS, S3 and error answers need.

#include <optional>
#include <string>
#include <string_view>

namespace tenon::aws {

// The text of the first element of that name, with entities resolved; nothing where there is none.
// Not for nested elements of the same name.
std::optional<std::string> XmlText(std::string_view xml, std::string_view element);

// Text for an element's content.
std::string XmlEscaped(std::string_view text);

}  // namespace tenon::aws
