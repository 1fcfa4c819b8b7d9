// SPDX-License-Identifier: Apache-2.0
#pragma once

// One line for each request that failed.

#include <string_view>

#include "tenon/base/clock.hpp"
#include "tenon/base/error.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/rate_limit.hpp"

namespace tenon::http {

struct FailedRequest {
  std::string_view id;
  std::string_view method;
  std::string_view path;
  int status = 0;
  const Error* error = nullptr;  // Null: the handler set the status itself.
  Duration time{};
};

// Refusals (429, 503), which come in floods, are said once a second per path with their number.
// Thread safety: thread-safe.
class RequestLog {
 public:
  explicit RequestLog(Logger& log) noexcept : log_(log) {}

  void Failed(const FailedRequest& request, TimePoint now);
  // Connections that were cut off, and others that never got as far as a request.
  void Dropped(std::string_view reason, TimePoint now);

 private:
  Logger& log_;
  RateLimit refusals_;
  RateLimit drops_;
};

}  // namespace tenon::http
