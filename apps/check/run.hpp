// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks all cases in the order that leaves the container as each needs it.

#include <functional>
#include <vector>

#include "case.hpp"
#include "options.hpp"
#include "report.hpp"

namespace tenon::check {

// `said` is called with each case as soon as it is decided. Errors: kUnavailable when nothing
// answers at an address that was given.
Result<Report> RunCases(std::vector<Case> cases, const Options& options,
                        const std::function<void(const CaseReport&)>& said);

}  // namespace tenon::check
