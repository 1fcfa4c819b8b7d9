// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "external_command.hpp"

namespace tenon::command {

int Bench(Words words) { return RunExternal("bench", words); }

}  // namespace tenon::command
