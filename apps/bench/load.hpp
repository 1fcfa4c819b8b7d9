// SPDX-License-Identifier: Apache-2.0
#pragma once

// Carries out a plan: one thread, one epoll.

#include "plan.hpp"
#include "recorder.hpp"
#include "tenon/base/result.hpp"

namespace tenon::bench {

struct LoadOutcome {
  Recorder recorder;
  double cpu_s = 0;   // Of the generator, in the measured time.
  double wall_s = 0;  // What that was, as measured.
};

// Runs until each request has ended, by its timeout at the latest.
// Errors: kUnavailable when the server cannot be connected to at the start.
Result<LoadOutcome> RunLoad(const Plan& plan);

}  // namespace tenon::bench
