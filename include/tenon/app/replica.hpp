// SPDX-License-Identifier: Apache-2.0
#pragma once

// The process of one replica: what engines start. Nobody calls it by hand.

#include <span>

#include "tenon/base/export.hpp"

namespace tenon::app {

// The subcommand's name. It is no part of the help.
inline constexpr const char* kReplicaCommand = "replica";

// `--control-fd N`: a descriptor over which the parent says what to serve
// (docs/design/0041-data-plane.md), and whose end means that the parent has gone. Serves until it
// is told to stop, or SIGTERM, or that end. Returns the exit status: 0 after a clean end, 1 where
// it did not start, 2 for wrong usage. REQUIRES: called from the main thread, once.
TENON_EXPORT int RunReplica(std::span<const char* const> words);

}  // namespace tenon::app
