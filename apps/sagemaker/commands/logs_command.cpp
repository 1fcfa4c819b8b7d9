// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "aws/failure.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "deploy/pace.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {
    kEndpointFlag,
    {"--since", "TIME", "how far back, as 90s, 10m or 2h (10m)"},
    {"--follow", "", "go on until Ctrl-C"},
    {"--poll-interval", "SECONDS", "with --follow: how often to look (3)"},
    kJsonFlag,
    kDryRunFlag,
};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker logs [flags]

Shows what the containers of an endpoint write: all instances in one, by time, each line with
its instance.
)",
    R"(
Example:
  tenon sagemaker logs --follow --since 10m
)"};

// Lines may arrive late, so each look goes back a little and shows what is new.
constexpr std::int64_t kOverlapMs = 60'000;

void Print(const LogEvent& event, const Flags& flags) {
  if (!flags.Has("--json")) return PrintLine(LogLine(event));
  PrintLine(JsonObject()
                .SetNumber("time_ms", event.time_ms)
                .SetText("instance", InstanceOf(event.stream))
                .SetText("stream", event.stream)
                .SetText("message", event.message)
                .Text());
}

class Follower {
 public:
  Follower(LogsApi& logs, std::string group, std::int64_t since_ms)
      : logs_(logs), group_(std::move(group)), since_ms_(since_ms) {}

  // Prints what is new. False where there is no log group yet.
  bool Look(const Flags& flags) {
    const auto events = logs_.Since(group_, since_ms_);
    if (!events) return false;
    std::set<std::string> seen;
    for (const LogEvent& event : *events) {
      const std::string id = event.event_id.empty()
                                 ? event.stream + std::to_string(event.time_ms) + event.message
                                 : event.event_id;
      if (!seen_.contains(id)) Print(event, flags);
      seen.insert(id);
    }
    seen_ = std::move(seen);
    if (!events->empty()) {
      since_ms_ = std::max(since_ms_, events->back().time_ms - kOverlapMs);
    }
    return true;
  }

 private:
  LogsApi& logs_;
  std::string group_;
  std::int64_t since_ms_;
  std::set<std::string> seen_;  // Of the last look.
};

}  // namespace

int Logs(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  const std::string name = EndpointName(*flags);
  const auto since = flags->Seconds("--since").value_or(std::chrono::minutes(10));
  const auto interval = std::max<std::chrono::milliseconds>(
      std::chrono::milliseconds(10),
      flags->Seconds("--poll-interval").value_or(std::chrono::seconds(3)));
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::string group = LogGroupOf(name);
  const std::int64_t since_ms = std::max<std::int64_t>(0, (now - since).count());
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan(
        {{.service = aws::Service::kLogs,
          .operation = "FilterLogEvents",
          .body = JsonObject().SetText("logGroupName", group).SetNumber("startTime", since_ms),
          .why = "The lines; again and again with --follow"}},
        *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  Follower follower(session.Logs(), group, since_ms);
  const std::string none =
      "There is no log group " + group + ": the container never started, or the name is another.";
  const bool follows = flags->Has("--follow");
  try {
    bool said = false;
    for (;;) {
      const bool has_group = follower.Look(*flags);
      if (!has_group && !follows) throw aws::Failure(none);
      if (!follows) return kDone;
      if (!has_group && !said) PrintNote(none + " Waiting for it.");
      said = said || !has_group;
      surroundings.interrupts.Sleep(interval);
    }
  } catch (const aws::Interrupted&) {
    if (!follows) throw;
    return kDone;  // That is how following ends.
  }
}

}  // namespace tenon::sagemaker_tool
