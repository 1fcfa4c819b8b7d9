// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the commands do.

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "tenon/app/options.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// Serves an application until SIGTERM or SIGINT and returns the exit status: 0 after a clean end,
// 1 when the start failed (said in one line on stderr). It listens first and answers 503 until the
// deployments are constructed; then it prints what is served where on stdout.
//
// With `reload` this process keeps the port and starts others that serve.
//
// The process ends without returning, with status 0, when work does not end within the time that
// the way down has; and with status 1 when a constructor exceeds `startup_timeout`.
//
// REQUIRES: called from the main thread, once.
TENON_EXPORT int Run(const RunOptions& options);

// The OpenAPI document of an application, without constructing or serving anything.
// Errors: as for a start that fails.
TENON_EXPORT Result<std::string> DescribeApplication(const RunOptions& options);

// A configuration file that serves the targets (`module:name`) with the options that they bind.
// `app_dir` as of RunOptions. Errors: as for a start that fails.
TENON_EXPORT Result<std::string> BuildConfig(std::span<const std::string> targets,
                                             const std::optional<std::filesystem::path>& app_dir);

// What the artifact at `path` is and how `Run` would serve it, as a text for people.
// Errors: kNotFound and kInvalid, with all that is known in the detail: it is for whoever asked.
TENON_EXPORT Result<std::string> InspectArtifact(const std::string& path);

}  // namespace tenon::app
