// SPDX-License-Identifier: Apache-2.0
#pragma once

// A program that is server and application at once: what tenon_add_executable makes.

#include "tenon/base/export.hpp"

namespace tenon::app {

// Serves an application that this very program exports, with the flags of `tenon run`:
//
//   PROGRAM [APPLICATION] [flags] [key=value...]
//   PROGRAM serve                in a container: the environment says the rest, as for `tenon
//   serve`
//
// APPLICATION may be left out where there is one only. Returns the exit status, as `Run` does; 2
// for wrong usage, said in one line on stderr. REQUIRES: called from the main thread, once.
TENON_EXPORT int RunOwnApplication(int argc, char** argv);

}  // namespace tenon::app
