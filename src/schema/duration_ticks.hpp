// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "schema/json_number.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Seconds, as a decimal, into the ticks of a duration: rounded to the tick, halves away from zero;
// where a tick is a second or longer they must be whole. `token` is the decimal's text.
Fit StoreTicks(const Type& type, std::string_view token, const Decimal& seconds, void* ticks);

// The nearest seconds, for comparing them with limits.
long double AsSeconds(const Decimal& seconds) noexcept;

}  // namespace tenon::schema
