// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/interrupts.hpp"

namespace tenon::aws {

// Asks on the terminal of the process, even where input and output are redirected, and gives the
// line without spaces around it.
// Errors: throws Failure where there is no terminal, and Interrupted.
std::string AskTerminal(const std::string& question, Interrupts& interrupts);

}  // namespace tenon::aws
