// SPDX-License-Identifier: Apache-2.0
#pragma once

// CloudWatch Logs of endpoints.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aws/service_client.hpp"

namespace tenon::sagemaker_tool {

struct LogEvent {
  std::string event_id;
  std::string stream;  // "AllTraffic/i-0123".
  std::int64_t time_ms = 0;
  std::string message;
};

// "/aws/sagemaker/Endpoints/NAME".
std::string LogGroupOf(const std::string& endpoint);
// "i-0123" of "AllTraffic/i-0123", "i-0123/data-log" of a longer one.
std::string InstanceOf(const std::string& stream);
// Time, instance and text, as it is shown.
std::string LogLine(const LogEvent& event);

class LogsApi {
 public:
  explicit LogsApi(aws::ServiceClient& client) : client_(client) {}

  // The newest lines of the group's newest streams, oldest first. Nothing where there is no group:
  // the container never started.
  std::optional<std::vector<LogEvent>> Tail(const std::string& group, std::size_t count,
                                            std::int64_t since_ms);
  // Every line since then, of all streams, oldest first. Nothing as above.
  std::optional<std::vector<LogEvent>> Since(const std::string& group, std::int64_t since_ms);

 private:
  aws::ServiceClient& client_;
};

}  // namespace tenon::sagemaker_tool
