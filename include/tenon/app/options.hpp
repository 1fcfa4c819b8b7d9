// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon run` can be told, by flags and by the environment.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/app/command_line.hpp"
#include "tenon/app/config.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/result.hpp"
#include "tenon/http/server.hpp"

namespace tenon::app {

// Where an option's value came from; a flag wins over the environment, that over a file.
enum class OptionSource : std::uint8_t { kFlag, kEnvironment, kConfig };

// An option that was given, for the start block.
struct GivenOption {
  std::string name;  // "--port", "TENON_PORT" or "http_options.port".
  std::string value;
  OptionSource source = OptionSource::kFlag;
};

// Where replicas live.
enum class EngineKind : std::uint8_t {
  kLocal,    // In this process.
  kProcess,  // Each in a process of its own, on this machine.
  kRay,      // On an existing Ray cluster.
};

// Defaults are those of a developer's machine: nothing listens beyond it.
struct RunOptions {
  // Affects behaviour.
  std::string target;  // "module:name", an artifact, or a configuration file.
  std::vector<std::pair<std::string, std::string>> arguments;  // For the application's struct.
  std::vector<ApplicationConfig> applications;  // Of the configuration file; see ApplyConfig.
  bool reload = false;                          // Let a new process take over a changed module.
  EngineKind engine = EngineKind::kLocal;
  std::string ray_address;                       // Empty: the cluster that this machine is part of.
  std::string application_name = "default";      // In `/-/routes` and metrics.
  std::optional<std::filesystem::path> app_dir;  // Default: where one is, then the program's apps/.
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one.
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
  std::size_t max_request_bytes = 25U << 20U;
  std::string max_request_setting = "TENON_MAX_REQUEST_BYTES";  // Where that limit comes from.
  std::chrono::milliseconds request_timeout{0};                 // 0: none.
  std::optional<std::chrono::milliseconds> stream_timeout;      // Absent: as request_timeout.
  std::chrono::milliseconds drain_delay{0};
  // A model that takes longer to construct ends the program. Default: the longest that SageMaker
  // can be told to wait.
  std::chrono::milliseconds startup_timeout{3'600'000};
  std::chrono::milliseconds health_check_period{10'000};
  http::HalfClose half_close = http::HalfClose::kHangUp;
  // Affects performance.
  std::size_t threads = 0;  // Event loops, and compute threads. 0: the CPUs that may be used.
  // Keeps what batching has learned across restarts. Default: it is learned anew.
  std::optional<std::filesystem::path> tuning_file;

  std::vector<GivenOption> given;
  std::vector<std::string> warnings;  // What the log says at the start.
};

// Gives the value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// The process's own environment. An empty variable counts as not set.
TENON_EXPORT Environment ProcessEnvironment();

// The flags of `tenon run`, for ParseCommandLine and its help.
TENON_EXPORT std::span<const Flag> RunFlags();

// Turns a parsed command line into options: the first word is the target, the others are
// `key=value`. Flag > environment > default.
// Errors: kInvalid, naming the flag or variable, what it says, and what is allowed.
TENON_EXPORT Result<RunOptions> ReadRunOptions(const CommandLine& line,
                                               const Environment& environment);

// Reads the configuration file, if the target is one: its applications, and what neither a flag
// nor the environment has given.
// Errors: as of ReadConfig; kInvalid for words and flags that say what the file says.
TENON_EXPORT Result<> ApplyConfig(RunOptions& options);
// The same for a configuration that has been read.
TENON_EXPORT void ApplyConfig(ServerConfig config, RunOptions& options);

}  // namespace tenon::app
