// SPDX-License-Identifier: Apache-2.0
#include "services/logs_api.hpp"

#include <map>

#include "aws/answer.hpp"
#include "aws/times.hpp"
#include "json/json_object.hpp"

namespace tenon::sagemaker_tool {
namespace {

struct WireEvent {
  std::optional<std::string> eventId;
  std::optional<std::string> logStreamName;
  std::int64_t timestamp = 0;
  std::string message;
};
struct EventPage {
  std::vector<WireEvent> events;
  std::optional<std::string> nextToken;
};
struct WireStream {
  std::string logStreamName;
};
struct StreamPage {
  std::vector<WireStream> logStreams;
};

constexpr int kStreamsInTail = 10;

LogEvent Event(const WireEvent& event, const std::string& stream) {
  LogEvent result{.event_id = event.eventId.value_or(""),
                  .stream = stream,
                  .time_ms = event.timestamp,
                  .message = event.message};
  while (result.message.ends_with('\n') || result.message.ends_with('\r')) {
    result.message.pop_back();
  }
  return result;
}

// Lines of one moment stay in their order.
void SortByTime(std::vector<LogEvent>& events) {
  std::multimap<std::int64_t, LogEvent> sorted;
  for (LogEvent& event : events) sorted.emplace(event.time_ms, std::move(event));
  events.clear();
  for (auto& [time, event] : sorted) events.push_back(std::move(event));
}

// Control characters of a log do not reach the terminal.
std::string Printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 32 || c == '\t' ? c : '?';
  }
  return out;
}

}  // namespace

std::string LogGroupOf(const std::string& endpoint) {
  return "/aws/sagemaker/Endpoints/" + endpoint;
}

std::string InstanceOf(const std::string& stream) {
  const std::size_t slash = stream.find('/');
  return slash == std::string::npos ? stream : stream.substr(slash + 1);
}

std::string LogLine(const LogEvent& event) {
  const aws::WallTime time{std::chrono::milliseconds(event.time_ms)};
  return aws::ReadableTime(time) + " " + InstanceOf(event.stream) + " " + Printable(event.message);
}

std::optional<std::vector<LogEvent>> LogsApi::Tail(const std::string& group, std::size_t count,
                                                   std::int64_t since_ms) {
  try {
    const auto streams =
        aws::ReadAnswer<StreamPage>(client_.CallJson(aws::Service::kLogs, "DescribeLogStreams",
                                                     JsonObject()
                                                         .SetText("logGroupName", group)
                                                         .SetText("orderBy", "LastEventTime")
                                                         .SetFlag("descending", true)
                                                         .SetNumber("limit", kStreamsInTail)
                                                         .Text()),
                                    "The answer to DescribeLogStreams");
    std::vector<LogEvent> events;
    for (const WireStream& stream : streams.logStreams) {
      const auto page = aws::ReadAnswer<EventPage>(
          client_.CallJson(aws::Service::kLogs, "GetLogEvents",
                           JsonObject()
                               .SetText("logGroupName", group)
                               .SetText("logStreamName", stream.logStreamName)
                               .SetNumber("startTime", since_ms)
                               .SetNumber("limit", static_cast<std::int64_t>(count))
                               .SetFlag("startFromHead", false)
                               .Text()),
          "The answer to GetLogEvents");
      for (const WireEvent& event : page.events) {
        events.push_back(Event(event, stream.logStreamName));
      }
    }
    SortByTime(events);
    if (events.size() > count) {
      events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(count));
    }
    return events;
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return std::nullopt;
  }
}

std::optional<std::vector<LogEvent>> LogsApi::Since(const std::string& group,
                                                    std::int64_t since_ms) {
  JsonObject body;
  body.SetText("logGroupName", group).SetNumber("startTime", since_ms);
  std::vector<LogEvent> events;
  try {
    for (;;) {
      const auto page = aws::ReadAnswer<EventPage>(
          client_.CallJson(aws::Service::kLogs, "FilterLogEvents", body.Text()),
          "The answer to FilterLogEvents");
      for (const WireEvent& event : page.events) {
        events.push_back(Event(event, event.logStreamName.value_or("")));
      }
      if (!page.nextToken || page.nextToken->empty()) break;
      body.SetText("nextToken", *page.nextToken);
    }
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return std::nullopt;
  }
  SortByTime(events);
  return events;
}

}  // namespace tenon::sagemaker_tool
