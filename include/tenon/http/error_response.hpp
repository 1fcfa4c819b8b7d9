// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one writer of error bodies: RFC 9457 problem details that stay valid JSON within SageMaker's
// 2,048 bytes (InvokeEndpoint's OriginalMessage is cut there).

#include <cstddef>
#include <string_view>

#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/http/response.hpp"

namespace tenon::http {

inline constexpr std::size_t kMaxErrorBodyBytes = 2048;

// Replaces whatever the response held: status, `application/problem+json`, `Retry-After` where the
// error has one. Faults that do not fit are counted in `omitted`.
TENON_EXPORT void WriteError(const Error& error, std::string_view request_id, Response& response);

}  // namespace tenon::http
