// SPDX-License-Identifier: Apache-2.0
#pragma once

// From counts to the figures of a result.

#include "load.hpp"
#include "options.hpp"
#include "result.hpp"

namespace tenon::bench {

RunResult Summarize(const Options& options, const LoadOutcome& outcome);

}  // namespace tenon::bench
