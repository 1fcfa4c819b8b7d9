// SPDX-License-Identifier: Apache-2.0
#include "http/request_log.hpp"

#include <chrono>
#include <optional>

namespace tenon::http {

void RequestLog::Failed(const FailedRequest& request, TimePoint now) {
  const LogLevel level = request.status >= 500 ? LogLevel::kError : LogLevel::kWarning;
  if (!log_.Writes(level)) return;
  const Error* const error = request.error;
  const LogField id("request_id", request.id);
  const LogField method("method", request.method);
  const LogField path("path", request.path);
  const LogField status("status", request.status);
  // Detail and private detail: what the client does not see stands here.
  const LogField detail("detail", error != nullptr ? error->what() : "set by the handler");
  const LogField time("time_ms", std::chrono::duration<double, std::milli>(request.time).count());
  constexpr std::string_view kMessage = "a request failed";
  if (request.status == 429 || request.status == 503) {
    const std::optional<std::uint64_t> unsaid = refusals_.Admit(request.path, now);
    if (!unsaid) return;
    log_.Log(level, kMessage, {id, method, path, status, detail, time, {"more", *unsaid}});
  } else if (error != nullptr && !error->Faults().empty()) {
    const std::size_t faults = error->Faults().size() + error->OmittedFaults();
    log_.Log(level, kMessage,
             {id,
              method,
              path,
              status,
              detail,
              time,
              {"faults", faults},
              {"first_fault", error->Faults().front().pointer}});
  } else {
    log_.Log(level, kMessage, {id, method, path, status, detail, time});
  }
}

void RequestLog::Dropped(std::string_view reason, TimePoint now) {
  const std::optional<std::uint64_t> unsaid = drops_.Admit(reason, now);
  if (!unsaid) return;
  log_.Info("a connection was closed", {{"reason", reason}, {"more", *unsaid}});
}

}  // namespace tenon::http
