// SPDX-License-Identifier: Apache-2.0
#include "deploy/failure_report.hpp"

#include "aws/failure.hpp"
#include "deploy/console_links.hpp"
#include "deploy/judgement.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr std::size_t kLines = 50;

std::string LogSection(const FailedDeployment& failed, LogsApi& logs) {
  const std::string group = LogGroupOf(failed.endpoint);
  std::optional<std::vector<LogEvent>> events;
  try {
    events = logs.Tail(group, kLines, failed.since_ms);
  } catch (const aws::Interrupted&) {
    throw;
  } catch (const aws::Failure& failure) {
    return std::string("The logs cannot be read: ") + failure.what() + "\n";
  }
  if (!events) return "There is no log group: the container never started.\n";
  if (events->empty()) return "The container wrote nothing.\n";
  std::string text = "The last " + std::to_string(events->size()) + " lines of the container:\n";
  std::string_view cause;
  for (const LogEvent& event : *events) {
    text += "  " + LogLine(event) + "\n";
    if (cause.empty()) cause = UsualCauseOfLine(event.message);
  }
  if (!cause.empty()) text += "Usually: " + std::string(cause) + "\n";
  return text;
}

}  // namespace

std::string FailureReport(const FailedDeployment& failed, LogsApi& logs) {
  const std::string group = LogGroupOf(failed.endpoint);
  std::string text = failed.headline + ".\n";
  text += "Reason: " +
          (failed.failure_reason.empty() ? "SageMaker gives none." : failed.failure_reason) + "\n";
  const std::string_view cause = UsualCause(failed.failure_reason);
  if (!cause.empty()) text += "Usually: " + std::string(cause) + "\n";
  text += LogSection(failed, logs);
  text += "Log group: " + group + "\n" + LogGroupLink(failed.region, group) + "\n";
  return text;
}

}  // namespace tenon::sagemaker_tool
