// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request of a case as the bytes that are sent.

#include <string>

#include "case.hpp"
#include "placeholders.hpp"
#include "tenon/base/result.hpp"

namespace tenon::check {

// Errors: kInvalid for a placeholder that is not known.
Result<std::string> WriteRequest(const RequestStep& step, const Values& values);

}  // namespace tenon::check
