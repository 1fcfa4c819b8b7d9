// SPDX-License-Identifier: Apache-2.0
#pragma once

// One GET.

#include <string>

#include "target.hpp"
#include "tenon/base/result.hpp"

namespace tenon::tune {

// The body of the answer.
// Errors: kUnavailable where nobody answers in ten seconds, or with another status than 200.
Result<std::string> Fetch(const bench::Url& url);

}  // namespace tenon::tune
