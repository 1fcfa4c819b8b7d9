// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon serve` makes of the environment that SageMaker and its users set.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/app/options.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// The variables that say what is served, in the order in which they count.
inline constexpr const char* kRunArguments = "TENON_RUN_ARGS";
inline constexpr const char* kRayArguments = "RAY_SERVE_RUN_ARGS";

// The options of `tenon run` for a container, and what its log says about them.
//
// Words come from TENON_RUN_ARGS, else from RAY_SERVE_RUN_ARGS (flags that only Ray has are left
// out, with a warning), else the model directory is served. Flag > TENON_* > SAGEMAKER_* > the
// defaults of a container: all interfaces, JSON logs, 5 s of drain delay, and deadlines just below
// those of the platform.
//
// Errors: kInvalid, naming the variable, what it says, and what is allowed.
TENON_EXPORT Result<RunOptions> ReadServeOptions(const Environment& environment);

// A text as a shell would cut it into words: quotes of both kinds and backslashes; nothing is
// expanded. Errors: kInvalid for a quote that does not end.
TENON_EXPORT Result<std::vector<std::string>> SplitWords(std::string_view text);

}  // namespace tenon::app
