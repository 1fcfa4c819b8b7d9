// SPDX-License-Identifier: Apache-2.0
#pragma once

// A result as one page that needs nothing else: text and plots.

#include <string>

#include "result.hpp"

namespace tenon::bench {

std::string ToHtml(const RunResult& result);

}  // namespace tenon::bench
