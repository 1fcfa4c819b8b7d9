// SPDX-License-Identifier: Apache-2.0
#pragma once

// Response heads and chunk frames, written by hand.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tenon/http/response.hpp"

namespace tenon::http {

// "OK" for 200; empty for what has no name here.
std::string_view ReasonOf(int status) noexcept;

// 1xx, 204 and 304 carry no body and no length.
constexpr bool MayHaveBody(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

enum class Framing : std::uint8_t {
  kLength,   // Content-Length.
  kChunked,  // Transfer-Encoding: chunked.
  kToClose,  // Ends where the connection ends: a stream to a client of HTTP/1.0.
};

enum class Persistence : std::uint8_t {
  kKeep,        // HTTP/1.1's default, which needs no header.
  kKeepSaying,  // HTTP/1.0 wants to be told.
  kClose,
};

struct HeadFacts {
  Framing framing = Framing::kLength;
  std::size_t length = 0;
  Persistence persistence = Persistence::kKeep;
  std::string_view server_timing = {};
};

// Appends the whole head, with the empty line. Headers whose name is no token or whose value holds
// control characters are dropped, and so are those that the session alone may set.
void AppendHead(const Response& response, const HeadFacts& facts, std::string& out);

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Appends one chunk with its frame; nothing for an empty one, which would be the last.
void AppendChunk(std::string_view bytes, std::string& out);

}  // namespace tenon::http
