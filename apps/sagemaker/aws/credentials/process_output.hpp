// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tenon::aws {

// Runs a command by the shell and gives what it prints. Its errors go where ours go.
// Errors: throws Failure where it cannot be started or does not end with 0.
std::string ProcessOutput(const std::string& command);

}  // namespace tenon::aws
