// SPDX-License-Identifier: Apache-2.0
#pragma once

// Durations as people write them.

#include <optional>
#include <string_view>

#include "tenon/base/export.hpp"

namespace tenon {

// The seconds that a text means: a number with a unit ("250ms", "1.5h"; also ns, us, s and m), or a
// number alone, which is seconds. Nothing for any other text, and for what is not finite.
TENON_EXPORT std::optional<long double> ParseSeconds(std::string_view text);

}  // namespace tenon
