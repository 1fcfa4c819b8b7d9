// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the trials of --find-capacity.

#include <functional>

#include "options.hpp"
#include "result.hpp"
#include "tenon/base/result.hpp"

namespace tenon::bench {

// What came of a run that was asked for a bound. It holds when that share of all requests was
// answered in time, and as many came back as went out.
Trial Judge(const RunResult& result, const Slo& slo, std::optional<double> percentile_ms);

// The result of the trial at the highest rate that held, else of the last one, with `capacity` set.
// `tell` hears of each trial. Errors: as RunLoad.
Result<RunResult> FindCapacity(const Options& options,
                               const std::function<void(const Trial&)>& tell);

}  // namespace tenon::bench
