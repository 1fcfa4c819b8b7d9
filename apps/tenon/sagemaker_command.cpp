// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "external_command.hpp"

namespace tenon::command {

int Sagemaker(Words words) { return RunExternal("sagemaker", words); }

}  // namespace tenon::command
