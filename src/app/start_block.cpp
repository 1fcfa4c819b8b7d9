// SPDX-License-Identifier: Apache-2.0
#include "app/start_block.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>

#include "app/example_value.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::app {
namespace {

class Block {
 public:
  explicit Block(Colour colour) : colour_(colour) {}

  void Line(const std::string& text) { text_ += text + "\n"; }
  // A row of the table; the label stands at the first of several.
  void Row(std::string_view label, const std::string& text) {
    const bool repeats = label == last_label_;
    last_label_ = label;
    const std::string padded = fmt::format("{:<13}", repeats ? std::string_view() : label);
    text_ += "  " + Soft(padded) + text + "\n";
  }
  std::string Strong(const std::string& text) const { return Wrap("\x1b[1m", text); }
  std::string Soft(const std::string& text) const { return Wrap("\x1b[2m", text); }
  std::string Take() && { return std::move(text_); }

 private:
  std::string Wrap(const char* code, const std::string& text) const {
    return colour_ == Colour::kOn ? code + text + "\x1b[0m" : text;
  }
  Colour colour_;
  std::string text_;
  std::string last_label_;
};

std::string Count(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string DescribeInWords(const StartDeployment& deployment, std::size_t width) {
  std::string text = fmt::format("{:<{}}  {}; {}, {} at once, {} waiting", deployment.name, width,
                                 deployment.runs, Count(deployment.num_replicas, "replica"),
                                 deployment.max_ongoing_requests, deployment.max_queued_requests);
  if (deployment.batching) {
    const StartBatching& batching = *deployment.batching;
    text += batching.max_batch_size ? fmt::format("; batches of up to {}", *batching.max_batch_size)
                                    : "; batches of a learned size";
    if (batching.batch_wait_timeout_s > 0) {
      text += fmt::format(" after {:g} ms", batching.batch_wait_timeout_s * 1000);
    }
    if (batching.max_concurrent_batches > 1) {
      text += fmt::format(", {} at once", batching.max_concurrent_batches);
    }
  }
  return text;
}

std::string ShellQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

const char* NameOf(OptionSource source) {
  switch (source) {
    case OptionSource::kFlag: return "flag";
    case OptionSource::kEnvironment: return "environment";
    case OptionSource::kConfig: return "configuration";
  }
  return "";
}

std::string RunsInWords(serving::InferShape shape) {
  switch (shape.kind) {
    case serving::InferKind::kFunction:
      return shape.is_const ? "function" : "function, one at a time";
    case serving::InferKind::kTask:
      return shape.is_const ? "coroutine" : "coroutine, one at a time";
    case serving::InferKind::kStream: return shape.is_const ? "stream" : "stream, one at a time";
    case serving::InferKind::kBatch: return "batch function";
  }
  return "";
}

}  // namespace

Colour StdoutColour() {
  const char* refused = std::getenv("NO_COLOR");
  const bool wanted = refused == nullptr || *refused == '\0';
  return wanted && isatty(STDOUT_FILENO) != 0 ? Colour::kOn : Colour::kOff;
}

std::string StartText(const StartReport& report, Colour colour) {
  Block block(colour);
  block.Line(fmt::format("{} serves {} at {} {}", block.Strong("Tenon " + report.version),
                         block.Strong(report.target), block.Strong(report.url),
                         block.Soft(fmt::format("(ready after {:.0f} ms)", report.ready_ms))));
  block.Line("");
  if (!report.curl.empty()) {
    block.Line("  " + report.curl);
    block.Line("");
  }
  // Methods in the order of their routes, each with all of its paths.
  std::vector<std::pair<std::string, std::string>> paths;
  for (const StartRoute& route : report.routes) {
    auto row = std::find_if(paths.begin(), paths.end(),
                            [&](const auto& known) { return known.first == route.method; });
    if (row == paths.end()) {
      paths.emplace_back(route.method, route.path);
    } else {
      row->second += "  " + route.path;
    }
  }
  for (const auto& [method, list] : paths) {
    block.Row("Routes", fmt::format("{:<5}{}", method, list));
  }
  std::size_t width = 0;
  for (const StartDeployment& deployment : report.deployments) {
    width = std::max(width, deployment.name.size());
  }
  for (const StartDeployment& deployment : report.deployments) {
    block.Row("Deployments", DescribeInWords(deployment, width));
  }
  for (const StartSetting& setting : report.settings) {
    block.Row("Settings", fmt::format("{} = {} {}", setting.name, setting.value,
                                      block.Soft("(" + setting.source + ")")));
  }
  block.Row("Threads", fmt::format("{}, {} for computing", Count(report.loops, "event loop"),
                                   report.compute_threads));
  block.Row("Module", report.module);
  return std::move(block).Take();
}

std::string StartJson(const StartReport& report) {
  std::string text;
  schema::WriteJson(schema::TypeOf<StartReport>(), &report, text);
  text += '\n';
  return text;
}

std::string LocalUrl(const std::string& host, std::uint16_t port) {
  std::string reachable = host;
  if (host == "0.0.0.0") reachable = "127.0.0.1";
  if (host == "::") reachable = "::1";
  if (reachable.find(':') != std::string::npos) reachable = "[" + reachable + "]";
  return fmt::format("http://{}:{}", reachable, port);
}

std::string CurlLine(const std::string& url, const std::vector<schema::Operation>& operations) {
  for (const schema::Operation& operation : operations) {
    if (operation.method != "POST" || operation.request == nullptr) continue;
    const std::string example = ExampleJson(*operation.request);
    if (example.empty()) continue;
    return fmt::format("curl {}{} -H 'Content-Type: application/json' -d {}", url, operation.path,
                       ShellQuoted(example));
  }
  return "";
}

std::vector<StartSetting> DescribeSettings(std::span<const GivenOption> given,
                                           const SettingsReport& loaded) {
  std::vector<StartSetting> settings;
  for (const GivenOption& option : given) {
    settings.push_back(
        {.name = option.name, .value = option.value, .source = NameOf(option.source)});
  }
  for (const SettingValue& setting : loaded.values) {
    const char* source = "default";
    if (setting.origin == SettingOrigin::kEnvironment) source = "environment";
    if (setting.origin == SettingOrigin::kOverride) source = "argument";
    settings.push_back({.name = setting.variable, .value = setting.value, .source = source});
  }
  return settings;
}

StartDeployment Describe(const serving::BoundDeployment& deployment) {
  const serving::DeploymentStatus status = deployment.Read();
  StartDeployment described{.name = deployment.Name(),
                            .runs = RunsInWords(deployment.Shape()),
                            .num_replicas = deployment.Options().num_replicas,
                            .max_ongoing_requests = status.limits.max_ongoing_requests,
                            .max_queued_requests = status.limits.max_queued_requests,
                            .batching = {}};
  if (status.batch_options) {
    const BatchOptions& options = *status.batch_options;
    described.batching = StartBatching{
        .max_batch_size = options.max_batch_size,
        .batch_wait_timeout_s = std::chrono::duration<double>(options.batch_wait_timeout.value_or(
                                                                  std::chrono::microseconds(0)))
                                    .count(),
        .max_concurrent_batches = options.max_concurrent_batches};
  }
  return described;
}

}  // namespace tenon::app
