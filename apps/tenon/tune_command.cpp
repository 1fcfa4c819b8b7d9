// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "external_command.hpp"

namespace tenon::command {

int Tune(Words words) { return RunExternal("tune", words); }

}  // namespace tenon::command
