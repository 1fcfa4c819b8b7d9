// SPDX-License-Identifier: Apache-2.0
#pragma once

// What stands behind a route.

#include "tenon/base/export.hpp"
#include "tenon/http/request.hpp"
#include "tenon/http/response.hpp"
#include "tenon/task/task.hpp"

namespace tenon::http {

// Serves the requests of one route. One object serves every loop at once.
//
// Errors: what `Serve` throws, or gives to `response.Fail` (which costs no throw), becomes the one
// error body of error_response.hpp. Lifetime: outlives the server. Thread safety: must be
// thread-safe.
class TENON_EXPORT Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  // Before `Serve`: takes id, deadline, session and the like from the headers, which are set in
  // the context already. `now` is the loop's time. Must not block.
  virtual void Prepare(const Request& request, TimePoint now, RequestContext& context) const;

  // Whether the reply is a stream, which has a longer deadline.
  virtual bool Streams() const noexcept { return false; }

  // Fills in the response. Request and response live until the task has ended.
  virtual Task<void> Serve(const Request& request, Response& response) const = 0;

  // Before a reply that is no error leaves; before the first chunk of a stream. Adds what the
  // context has gathered meanwhile. Must not block.
  virtual void Finish(const RequestContext& context, Response& response) const;
};

}  // namespace tenon::http
