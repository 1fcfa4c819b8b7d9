// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a request ends.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tenon::bench {

enum class Cause : std::uint8_t {
  kNone,        // A good answer.
  kStatus,      // An answer that is no 2xx.
  kUnexpected,  // A 2xx without what --expect names.
  kConnect,     // No connection could be opened.
  kReset,       // The connection broke.
  kClosed,      // The server closed before the answer was complete.
  kMalformed,   // What came is no HTTP/1.1 reply.
  kTimeout,     // Sent, and not answered in time.
  kUnsent,      // No connection was free for it in time.
};

inline constexpr std::array<std::string_view, 9> kCauseNames = {
    "none",   "status",    "unexpected_body", "connect", "reset",
    "closed", "malformed", "timeout",         "unsent"};

inline std::string_view Name(Cause cause) { return kCauseNames[static_cast<std::size_t>(cause)]; }

}  // namespace tenon::bench
