// SPDX-License-Identifier: Apache-2.0
#pragma once

// The head of an HTTP/1.1 request as views into its bytes.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tenon/serving/request_context.hpp"

namespace tenon::http {

// Everything before the body. Views point into the bytes that were parsed.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::string_view path;   // Of an absolute-form target too.
  std::string_view query;  // Without the '?'.
  std::vector<Header> headers;
  std::size_t size = 0;  // Bytes, with the empty line.
  std::uint64_t content_length = 0;
  bool is_chunked = false;
  bool is_http_1_0 = false;
  bool keeps_alive = false;  // What the client wants.
  bool expects_continue = false;
  bool wants_timing = false;  // X-Tenon-Server-Timing: 1.
};

enum class ParseOutcome : std::uint8_t {
  kComplete,
  kIncomplete,
  kMalformed,  // And no longer in step: nothing after it can be understood.
  kTooLarge,
};

struct HeadResult {
  ParseOutcome outcome = ParseOutcome::kIncomplete;
  std::string_view fault = {};  // A sentence for the client, when it is malformed or too large.
};

// A client that sends more fields is not one of ours.
inline constexpr std::size_t kMaxHeaderFields = 256;

// Parses the head at the front of `bytes`. Stateless: an incomplete one is parsed again, from its
// first byte, when more has come. Empty lines before it are skipped.
//
// Stricter than the parser below it where leniency lets two parties disagree on where a request
// ends: one Content-Length at most, Transfer-Encoding is `chunked` alone and only in HTTP/1.1, no
// folded lines, exactly one Host.
HeadResult ParseHead(std::string_view bytes, std::size_t max_head_bytes, RequestHead& head);

}  // namespace tenon::http
