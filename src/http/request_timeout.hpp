// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long a request that names no deadline may take, as a pure decision.

#include <chrono>
#include <cstdint>

#include "tenon/http/server.hpp"

namespace tenon::http {

enum class ReplyKind : std::uint8_t { kSingle, kStream };

// 0: as long as it likes.
constexpr std::chrono::milliseconds TimeoutOf(ReplyKind kind, const ServerOptions& options) {
  return kind == ReplyKind::kStream ? options.stream_timeout.value_or(options.request_timeout)
                                    : options.request_timeout;
}

}  // namespace tenon::http
