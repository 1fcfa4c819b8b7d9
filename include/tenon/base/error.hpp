// SPDX-License-Identifier: Apache-2.0
#pragma once

// What went wrong, in a form that a caller can act on and a client may read.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"

namespace tenon {

// Every failure has one of these codes. Each says what the caller should do; a new condition takes
// an existing code with a better message.
enum class ErrorCode : std::uint8_t {
  kMalformed,             // Send bytes that can be parsed: the body or the request is broken.
  kNotFound,              // Ask for something that exists; the message lists what does.
  kMethodNotAllowed,      // Use one of the methods that the `Allow` header names.
  kNotAcceptable,         // Accept a content type that the model can produce.
  kTooLarge,              // Send less; the message names the limit and the setting that moves it.
  kUnsupportedMediaType,  // Send a content type that the model reads.
  kInvalid,               // Correct the values: well-formed, but not what the model takes.
  kOverloaded,            // Try again after a pause: nothing was done.
  kCancelled,             // Nothing: the caller itself went away or asked to stop.
  kInternal,              // Report it with the request id: the model or Tenon failed.
  kUnavailable,           // Try again elsewhere or later: not ready, or shutting down.
  kDeadlineExceeded,      // Give more time, or ask for less work.
  kOutOfMemory,           // Send less at once, or give the model more memory.
};

inline constexpr std::size_t kErrorCodeCount = 13;

// The one table from code to HTTP status.
TENON_EXPORT int HttpStatus(ErrorCode code) noexcept;
// The code's name in logs and metrics: "malformed", "not_found", ...
TENON_EXPORT std::string_view Name(ErrorCode code) noexcept;
// A sentence fragment for people: "Not found".
TENON_EXPORT std::string_view Title(ErrorCode code) noexcept;

// One fault of a request that was well-formed but wrong.
struct Fault {
  std::string pointer;  // JSON pointer (RFC 6901) to the place; empty means the whole document.
  std::string detail;   // What is wrong there.
};

// A failure as a value. It can be returned in a `Result` and thrown from user code.
//
// `Detail` is written for the client: it never holds a path of this machine, an address or the text
// of an unknown exception. `PrivateDetail` is for the log and never leaves the process.
//
// Thread safety: thread-compatible. Copies are deep.
class TENON_EXPORT Error : public std::exception {
 public:
  Error(ErrorCode code, std::string detail);
  Error(const Error& other);
  Error(Error&& other) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;
  ~Error() override;

  Error&& WithPrivateDetail(std::string text) &&;
  // At most the given faults are carried; `omitted` counts the ones that were found beyond them.
  Error&& WithFaults(std::vector<Fault> faults, std::size_t omitted) &&;
  Error&& WithRetryAfter(std::chrono::milliseconds pause) &&;

  ErrorCode Code() const noexcept;
  const std::string& Detail() const noexcept;
  const std::string& PrivateDetail() const noexcept;
  const std::vector<Fault>& Faults() const noexcept;
  std::size_t OmittedFaults() const noexcept;
  std::optional<std::chrono::milliseconds> RetryAfter() const noexcept;

  // `Detail`, then `PrivateDetail` in parentheses where there is one: for logs and unit tests.
  const char* what() const noexcept override;

 private:
  struct Content;
  std::unique_ptr<Content> content_;  // One pointer, so that a `Result` stays small.
};

// The exception that is being handled, as an Error: an Error stays itself, bad_alloc becomes
// kOutOfMemory, anything else kInternal with its text as private detail.
// REQUIRES: called inside a catch block.
TENON_EXPORT Error ErrorFromCurrentException() noexcept;

}  // namespace tenon
