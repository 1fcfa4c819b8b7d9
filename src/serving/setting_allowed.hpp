// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a field of a settings struct takes, in words.

#include <string>

#include "tenon/schema/constraints.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::serving {

std::string DescribeAllowed(const schema::Type& type, const schema::Constraints& constraints);

}  // namespace tenon::serving
