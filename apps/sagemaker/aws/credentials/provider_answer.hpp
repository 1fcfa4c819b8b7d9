// SPDX-License-Identifier: Apache-2.0
#pragma once

// What container and instance providers answer.

#include <string>
#include <string_view>

#include "aws/credentials.hpp"

namespace tenon::aws {

// Errors: throws Failure for an answer without credentials. `source` names the provider.
Credentials ReadProviderAnswer(std::string_view json, const std::string& source);

}  // namespace tenon::aws
