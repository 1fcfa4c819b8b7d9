// SPDX-License-Identifier: Apache-2.0
// The configuration that `tenon build` writes.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "app/config.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::app {

std::string YamlScalar(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/' || c == ':';
  };
  const bool begins_so =
      !text.empty() && (text[0] == '/' || text[0] == '_' || (text[0] >= 'A' && text[0] <= 'Z') ||
                        (text[0] >= 'a' && text[0] <= 'z'));
  constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no",
                                         "on",   "off",  "y",     "n"};
  const bool is_word = std::any_of(std::begin(kWords), std::end(kWords), [&](auto word) {
    return std::equal(word.begin(), word.end(), text.begin(), text.end(),
                      [](char a, char b) { return a == (b | 0x20); });
  });
  if (begins_so && !is_word && !text.ends_with(':') &&
      std::all_of(text.begin(), text.end(), is_plain)) {
    return std::string(text);
  }
  std::string quoted;
  schema::WriteJsonString(text, quoted);
  return quoted;
}

namespace {

void WriteDeployment(const BuiltDeployment& deployment, std::string& text) {
  const DeploymentOptions& options = deployment.options;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "      - name: {}\n        num_replicas: {}\n", YamlScalar(deployment.name),
                 options.num_replicas);
  if (options.max_ongoing_requests) {
    fmt::format_to(out, "        max_ongoing_requests: {}\n", *options.max_ongoing_requests);
  }
  if (options.max_queued_requests) {
    fmt::format_to(out, "        max_queued_requests: {}\n", *options.max_queued_requests);
  }
  if (options.user_config) fmt::format_to(out, "        user_config: {}\n", *options.user_config);
  if (options.batch.max_batch_size) {
    fmt::format_to(out, "        max_batch_size: {}\n", *options.batch.max_batch_size);
  }
  if (options.batch.batch_wait_timeout) {
    fmt::format_to(out, "        batch_wait_timeout_s: {:g}\n",
                   std::chrono::duration<double>(*options.batch.batch_wait_timeout).count());
  }
  if (options.batch.max_concurrent_batches != 1) {
    fmt::format_to(out, "        max_concurrent_batches: {}\n",
                   options.batch.max_concurrent_batches);
  }
  if (options.compute_weight != 1) {
    fmt::format_to(out, "        compute_weight: {:g}\n", options.compute_weight);
  }
}

}  // namespace

std::string WriteConfig(const std::vector<BuiltConfig>& applications) {
  std::string text =
      "# Written by 'tenon build'; 'tenon run FILE' serves it.\n"
      "http_options:\n  host: 127.0.0.1\n  port: 8080\n\napplications:\n";
  auto out = std::back_inserter(text);
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const BuiltConfig& application = applications[i];
    const bool is_only = applications.size() == 1;
    const std::string name = is_only ? "default" : fmt::format("app{}", i + 1);
    fmt::format_to(out, "  - name: {}\n    route_prefix: /{}\n    import_path: {}\n", name,
                   is_only ? "" : name, YamlScalar(application.import_path));
    if (application.deployments.empty()) continue;
    text += "    deployments:\n";
    for (const BuiltDeployment& deployment : application.deployments) {
      WriteDeployment(deployment, text);
    }
  }
  return text;
}

}  // namespace tenon::app
