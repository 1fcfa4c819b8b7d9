// SPDX-License-Identifier: Apache-2.0
#pragma once

// `--reload`: a process that keeps the port and lets another one serve it; when a module changes, a
// third one takes over.

#include <filesystem>
#include <functional>
#include <vector>

#include "app/inheritance.hpp"
#include "tenon/app/options.hpp"

namespace tenon::app {

// Runs `serve` in processes of its own until SIGTERM or SIGINT, which they are told; returns the
// exit status of the one that served. `files` says what to watch, and is asked before each start.
// A process that does not become ready leaves the one before it serving.
//
// REQUIRES: this process has no other thread.
int RunReloading(const RunOptions& options,
                 const std::function<std::vector<std::filesystem::path>()>& files,
                 const std::function<int(const Inheritance&)>& serve);

}  // namespace tenon::app
