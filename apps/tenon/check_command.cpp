// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "external_command.hpp"

namespace tenon::command {

int Check(Words words) { return RunExternal("check", words); }

}  // namespace tenon::command
