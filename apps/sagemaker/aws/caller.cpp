// SPDX-License-Identifier: Apache-2.0
#include "aws/caller.hpp"

#include <algorithm>

#include "aws/service_error.hpp"

namespace tenon::aws {
namespace {

using std::chrono::milliseconds;

}  // namespace

Caller::Caller(HttpClient& http, Interrupts& interrupts)
    : http_(http), interrupts_(interrupts), random_(std::random_device()()) {}

bool Caller::CanRetryAfter(milliseconds pause) const {
  return deadline_.Remaining(std::chrono::steady_clock::now()) > pause;
}

HttpResponse Caller::Send(const Call& call) {
  bool renewed = false;
  for (int retry = 0;; ++retry) {
    Transfer transfer = call.transfer;
    if (!deadline_.IsNever()) {
      const auto left =
          std::chrono::ceil<milliseconds>(deadline_.Remaining(std::chrono::steady_clock::now()));
      if (left <= milliseconds::zero()) {
        throw NoAnswer("The time given by --timeout is over before " + call.operation + ".");
      }
      transfer.timeout =
          transfer.timeout == milliseconds::zero() ? left : std::min(transfer.timeout, left);
    }
    // A body that is passed on piece by piece cannot begin again.
    bool began = false;
    if (call.transfer.on_body) {
      transfer.on_body = [&](std::string_view piece) {
        began = true;
        call.transfer.on_body(piece);
      };
    }
    const milliseconds pause =
        BackOff(retry, std::uniform_real_distribution<double>(0, 1)(random_));
    const auto can_retry = [&] { return retry < call.max_retries && CanRetryAfter(pause); };
    try {
      HttpResponse response = http_.Send(call.prepare(), transfer);
      if ((response.status >= 200 && response.status < 300) || call.accepts(response.status)) {
        return response;
      }
      ServiceError error = ReadServiceError(call.operation, response);
      if (retry > 0 || response.times_sent > 1) error.MarkFollowsRetry();
      const Remedy remedy =
          RemedyFor({.status = error.Status(), .code = error.Code(), .message = error.Message()});
      if (remedy == Remedy::kRenewCredentials && call.renew_credentials && !renewed) {
        call.renew_credentials();
        renewed = true;
        continue;
      }
      if (remedy != Remedy::kWait || !can_retry()) throw error;
    } catch (const NoAnswer& failure) {
      if (began || !can_retry()) throw;
    }
    interrupts_.Sleep(pause);
  }
}

}  // namespace tenon::aws
