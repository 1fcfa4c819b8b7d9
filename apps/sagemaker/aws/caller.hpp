// SPDX-License-Identifier: Apache-2.0
#pragma once

// One call with its retries.

#include <functional>
#include <random>
#include <string>

#include "aws/http_client.hpp"
#include "aws/interrupts.hpp"
#include "aws/retry_policy.hpp"
#include "tenon/base/clock.hpp"

namespace tenon::aws {

struct Call {
  std::string operation;  // For messages: "CreateModel".
  // Makes the request of each attempt, signed anew.
  std::function<HttpRequest()> prepare;
  Transfer transfer = {};
  // Answers other than 2xx that are no errors: 404 where absence is news.
  std::function<bool(int status)> accepts = [](int) { return false; };
  // Gets new credentials after the old have expired; empty where there is nothing to renew.
  std::function<void()> renew_credentials = {};
  int max_retries = kMaxRetries;
};

// Thread safety: thread-compatible.
class Caller {
 public:
  Caller(HttpClient& http, Interrupts& interrupts);

  // No call waits or retries beyond it.
  void SetDeadline(Deadline deadline) { deadline_ = deadline; }
  Interrupts& GetInterrupts() { return interrupts_; }

  // Errors: throws ServiceError, NoAnswer and Interrupted.
  HttpResponse Send(const Call& call);

 private:
  bool CanRetryAfter(std::chrono::milliseconds pause) const;

  HttpClient& http_;
  Interrupts& interrupts_;
  Deadline deadline_ = Deadline::Never();
  std::minstd_rand random_;
};

}  // namespace tenon::aws
