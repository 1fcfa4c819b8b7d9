// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request as a handler sees it.

#include <cstddef>
#include <span>
#include <string_view>

#include "tenon/serving/request_context.hpp"

namespace tenon::http {

// A complete body with room behind it: `data[0, capacity)` may be read, `capacity >= size + 64`,
// which is what the JSON reader wants to run without a copy.
struct Body {
  const char* data = nullptr;
  std::size_t size = 0;
  std::size_t capacity = 0;

  std::string_view Text() const noexcept { return {data, size}; }
};

// Everything points into the request's own buffer and lives as long as the handler runs.
struct Request {
  std::string_view method;  // As sent: methods are case-sensitive (RFC 9110 §9.1).
  std::string_view target;  // As sent.
  std::string_view path;    // Without the query.
  std::string_view query;   // Without the '?'.
  std::span<const Header> headers;
  Body body;
  const RequestContext* context = nullptr;  // Never null inside a handler.
};

}  // namespace tenon::http
