// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aws/failure.hpp"
#include "aws/http_message.hpp"

namespace tenon::aws {

// What an answer that is not 2xx says, whichever way the service says it: JSON with a header or
// `__type`, or XML. `operation` names the call in the message.
ServiceError ReadServiceError(std::string_view operation, const HttpResponse& response);

}  // namespace tenon::aws
