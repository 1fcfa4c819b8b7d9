// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tenon/base/export.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::app {

// A small value of the type as JSON, for a command line that works: the required fields only, one
// element where a list may have it. Empty where no value is small: an image as numbers.
TENON_EXPORT std::string ExampleJson(const schema::Type& type);

}  // namespace tenon::app
