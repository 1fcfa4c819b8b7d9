// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the commands do.

#include <string>

#include "tenon/app/options.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// Serves an application until SIGTERM or SIGINT and returns the exit status: 0 after a clean end,
// 1 when the start failed (said in one line on stderr). It listens first and answers 503 until the
// deployments are constructed; then it prints what is served where on stdout.
//
// The process ends without returning, with status 0, when work does not end within the time that
// the way down has; and with status 1 when a constructor exceeds `startup_timeout`.
//
// REQUIRES: called from the main thread, once.
TENON_EXPORT int Run(const RunOptions& options);

// The OpenAPI document of an application, without constructing or serving anything.
// Errors: as for a start that fails.
TENON_EXPORT Result<std::string> DescribeApplication(const RunOptions& options);

}  // namespace tenon::app
