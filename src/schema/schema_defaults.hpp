// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "tenon/schema/type.hpp"

namespace tenon::schema {

// What a member is when it is left out, as JSON. None where it has no default, where the default is
// a secret, and where the struct cannot be made to look at its initializers.
std::optional<std::string> DefaultJson(const Type& owner, const Member& member);

}  // namespace tenon::schema
