// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon run` says once it serves: for people as a block of text, for programs as one line.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tenon/app/options.hpp"
#include "tenon/base/export.hpp"
#include "tenon/schema/openapi.hpp"
#include "tenon/serving/bound_deployment.hpp"
#include "tenon/serving/settings.hpp"

namespace tenon::app {

struct StartRoute {
  std::string method;
  std::string path;
};

struct StartBatching {
  std::optional<std::size_t> max_batch_size;  // Learned where it is not set.
  double batch_wait_timeout_s = 0;
  std::size_t max_concurrent_batches = 0;
};

struct StartDeployment {
  std::string name;
  std::string runs;  // "coroutine", "function, one at a time": what the signature says.
  std::size_t num_replicas = 0;
  std::size_t max_ongoing_requests = 0;
  std::size_t max_queued_requests = 0;
  std::optional<StartBatching> batching;
};

struct StartSetting {
  std::string name;
  std::string value;
  std::string source;  // "default", "environment", "flag", "argument".
};

struct StartReport {
  std::string version;
  std::string target;
  std::string module;  // The file.
  std::string application;
  std::string protocol;
  std::string url;
  std::string curl;  // A line that works; empty where no route takes a request.
  std::vector<StartRoute> routes;
  std::vector<StartDeployment> deployments;
  std::vector<StartSetting> settings;
  std::size_t loops = 0;
  std::size_t compute_threads = 0;
  double ready_ms = 0;
};

enum class Colour : std::uint8_t { kOff, kOn };

// On when stdout is a terminal and NO_COLOR is not set.
Colour StdoutColour();

TENON_EXPORT std::string StartText(const StartReport& report, Colour colour);
// One JSON object and a newline.
TENON_EXPORT std::string StartJson(const StartReport& report);

// "http://127.0.0.1:8080": where a client on this machine reaches a server that listens on `host`.
TENON_EXPORT std::string LocalUrl(const std::string& host, std::uint16_t port);

// A curl command with an example body for the first operation that takes a request, or nothing.
TENON_EXPORT std::string CurlLine(const std::string& url,
                                  const std::vector<schema::Operation>& operations);

// What the program was told, then what the application loaded.
TENON_EXPORT std::vector<StartSetting> DescribeSettings(std::span<const GivenOption> given,
                                                        const SettingsReport& loaded);

// REQUIRES: the deployment is materialised.
StartDeployment Describe(const serving::BoundDeployment& deployment);

}  // namespace tenon::app
