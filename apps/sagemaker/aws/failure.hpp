// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a call fails. This program either finishes its command or stops and takes back what it made,
// so failures are thrown, and what has to be taken back stands in destructors and handlers.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tenon::aws {

// The command cannot go on; the text is for the user. Exit status 1.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Ctrl-C.
class Interrupted : public Failure {
 public:
  Interrupted() : Failure("Interrupted.") {}
};

// No answer came: name look-up, connection, TLS, or the answer broke off.
class NoAnswer : public Failure {
 public:
  using Failure::Failure;
};

// A service answered with an error.
class ServiceError : public Failure {
 public:
  ServiceError(std::string operation, int status, std::string code, std::string message)
      : Failure(operation + " failed: " + (code.empty() ? "HTTP " + std::to_string(status) : code) +
                (message.empty() ? std::string(".") : ": " + message)),
        status_(status),
        code_(std::move(code)),
        message_(std::move(message)) {}

  int Status() const noexcept { return status_; }
  // As the service names it, without name space: "ValidationException".
  const std::string& Code() const noexcept { return code_; }
  const std::string& Message() const noexcept { return message_; }

  // Whether an earlier attempt of the same call went unanswered: it may have done the work, and
  // this error be the trace of it.
  bool FollowsRetry() const noexcept { return follows_retry_; }
  void MarkFollowsRetry() noexcept { follows_retry_ = true; }

  // SageMaker answers ValidationException for what is not there, with a text that says so.
  bool SaysMissing() const noexcept;
  bool SaysExists() const noexcept;
  bool SaysDenied() const noexcept;

 private:
  int status_;
  std::string code_;
  std::string message_;
  bool follows_retry_ = false;
};

}  // namespace tenon::aws
