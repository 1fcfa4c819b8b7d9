// SPDX-License-Identifier: Apache-2.0
#pragma once

// A response that a handler fills in and the session writes in one piece, or in chunks.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/http/stream_format.hpp"
#include "tenon/task/stream.hpp"

namespace tenon::http {

// Starts as `200`, `application/json`, empty. The handler appends to `body`; the session puts the
// head into the room before it, so head and body leave in one write without a copy.
//
// Thread safety: confined to the loop of its request.
class Response {
 public:
  // What `body` holds before the payload begins: room for the head. Only append to it.
  static constexpr std::size_t kHeadRoom = 256;

  int Status() const noexcept { return status_; }
  void SetStatus(int status) noexcept { status_ = status; }

  // A string that lives as long as the program, such as a literal.
  void SetContentType(std::string_view type) noexcept { content_type_ = type; }
  std::string_view ContentType() const noexcept { return content_type_; }

  // REQUIRES: no control characters in either; the session drops a header that breaks this.
  void AddHeader(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
  }
  const std::vector<std::pair<std::string, std::string>>& Headers() const noexcept {
    return headers_;
  }

  // Append only.
  std::string& Body() noexcept { return body_; }
  // Empty where a handler took away what it must only append to.
  std::string_view Payload() const noexcept {
    const std::string_view body = body_;
    return body.size() < kHeadRoom ? std::string_view() : body.substr(kHeadRoom);
  }
  void ClearPayload() { body_.resize(kHeadRoom); }

  // Answers in chunks (`Transfer-Encoding: chunked`), pulled as fast as the client reads. The
  // payload in `Body` is sent first. An error before the first chunk becomes a normal error
  // response. One after it, the deadline and the end of the server included, becomes a last item
  // that says why, in a form that has a place for one; the body then lacks its final chunk.
  void SetChunks(Stream<std::string> chunks, StreamFormat form = StreamFormat::kRaw) {
    chunks_.emplace(std::move(chunks));
    form_ = form;
  }
  std::optional<Stream<std::string>>& Chunks() noexcept { return chunks_; }
  StreamFormat Form() const noexcept { return form_; }

  // Makes this an error response, written by the session through error_response.hpp: what a thrown
  // Error does too, without the cost of a throw.
  void Fail(Error error) { failure_.emplace(std::move(error)); }
  const std::optional<Error>& Failure() const noexcept { return failure_; }

  // Back to the start, keeping the body's memory.
  void Reset() {
    status_ = 200;
    content_type_ = "application/json";
    headers_.clear();
    chunks_.reset();
    failure_.reset();
    body_.resize(kHeadRoom);
  }

 private:
  int status_ = 200;
  std::string_view content_type_ = "application/json";
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_ = std::string(kHeadRoom, '\0');
  std::optional<Stream<std::string>> chunks_;
  StreamFormat form_ = StreamFormat::kRaw;
  std::optional<Error> failure_;
};

}  // namespace tenon::http
