// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "tenon/base/duration_text.hpp"

namespace tenon::app {
namespace {

// Says what is allowed where a text is refused.
using Refusal = std::optional<std::string>;

template <class T>
bool ReadWhole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

Refusal ReadSeconds(std::string_view text, std::chrono::milliseconds& value) {
  constexpr long double kMost = 86'400;
  const auto seconds = ParseSeconds(text);
  if (!seconds || *seconds < 0 || *seconds > kMost) {
    return "a number of seconds from 0 to 86400, such as 2.5";
  }
  value = std::chrono::milliseconds(std::llround(*seconds * 1000));
  return std::nullopt;
}

Refusal ReadCount(std::string_view text, std::size_t least, std::size_t most, std::size_t& value) {
  std::size_t count = 0;
  if (!ReadWhole(text, count) || count < least || count > most) {
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  value = count;
  return std::nullopt;
}

// One way for a value to get from a text into the options, for the flag and the variable alike.
struct Option {
  Flag flag;
  const char* variable;  // Null: flag only.
  Refusal (*read)(std::string_view text, RunOptions& options);
};

constexpr std::size_t kMostThreads = 1024;

const auto& Options() {
  static constexpr std::array kOptions = {
      Option{{"--host", "HOST", "address to listen on (127.0.0.1); 0.0.0.0 for all"},
             "TENON_HOST",
             [](std::string_view text, RunOptions& options) -> Refusal {
               if (text.empty()) return "an address such as 127.0.0.1, or a host name";
               options.host = text;
               return std::nullopt;
             }},
      Option{{"--port", "PORT", "port to listen on (8080); 0 for any free one"},
             "TENON_PORT",
             [](std::string_view text, RunOptions& options) -> Refusal {
               if (!ReadWhole(text, options.port)) return "a port from 0 to 65535";
               return std::nullopt;
             }},
      Option{{"--app-dir", "FOLDER", "where modules lie (here, then apps/ beside the program)"},
             nullptr,
             [](std::string_view text, RunOptions& options) -> Refusal {
               if (text.empty()) return "a folder";
               options.app_dir = text;
               return std::nullopt;
             }},
      Option{{"--name", "NAME", "the application's name in /-/routes and metrics (default)"},
             nullptr,
             [](std::string_view text, RunOptions& options) -> Refusal {
               if (text.empty()) return "a name";
               options.application_name = text;
               return std::nullopt;
             }},
      Option{{"--log-format", "FORMAT", "text or json (text)"},
             "TENON_LOG_FORMAT",
             [](std::string_view text, RunOptions& options) -> Refusal {
               if (text != "text" && text != "json") return "text or json";
               options.log_format = text == "json" ? LogFormat::kJson : LogFormat::kText;
               return std::nullopt;
             }},
      Option{{"--log-level", "LEVEL", "trace, debug, info, warning or error (info)"},
             "TENON_LOG_LEVEL",
             [](std::string_view text, RunOptions& options) -> Refusal {
               constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels = {
                   {{"trace", LogLevel::kTrace},
                    {"debug", LogLevel::kDebug},
                    {"info", LogLevel::kInfo},
                    {"warning", LogLevel::kWarning},
                    {"error", LogLevel::kError}}};
               for (const auto& [name, level] : kLevels) {
                 if (text != name) continue;
                 options.log_level = level;
                 return std::nullopt;
               }
               return "trace, debug, info, warning or error";
             }},
      Option{{"--max-request-bytes", "N", "larger bodies are refused with 413 (26214400)"},
             "TENON_MAX_REQUEST_BYTES",
             [](std::string_view text, RunOptions& options) -> Refusal {
               return ReadCount(text, 1, std::size_t{1} << 40U, options.max_request_bytes);
             }},
      Option{{"--request-timeout-s", "SECONDS", "deadline of a request that names none (0: none)"},
             "TENON_REQUEST_TIMEOUT_S",
             [](std::string_view text, RunOptions& options) {
               return ReadSeconds(text, options.request_timeout);
             }},
      Option{{"--drain-delay-s", "SECONDS", "how long to serve on after SIGTERM (0)"},
             "TENON_DRAIN_DELAY_S",
             [](std::string_view text, RunOptions& options) {
               return ReadSeconds(text, options.drain_delay);
             }},
      Option{{"--startup-timeout-s", "SECONDS", "give up on models that take longer (3600)"},
             "TENON_STARTUP_TIMEOUT_S",
             [](std::string_view text, RunOptions& options) {
               return ReadSeconds(text, options.startup_timeout);
             }},
      Option{{"--health-check-period-s", "SECONDS", "pause between two health checks (10)"},
             "TENON_HEALTH_CHECK_PERIOD_S",
             [](std::string_view text, RunOptions& options) -> Refusal {
               std::chrono::milliseconds period{};
               if (auto refusal = ReadSeconds(text, period)) return refusal;
               if (period.count() == 0) return "more than 0 seconds";
               options.health_check_period = period;
               return std::nullopt;
             }},
      Option{{"--half-close", "MODE", "a client's FIN means: hangup or serve (hangup)"},
             "TENON_HALF_CLOSE",
             [](std::string_view text, RunOptions& options) -> Refusal {
               if (text != "hangup" && text != "serve") return "hangup or serve";
               options.half_close =
                   text == "serve" ? http::HalfClose::kServe : http::HalfClose::kHangUp;
               return std::nullopt;
             }},
      Option{{"--engine", "ENGINE", "where replicas live: local, process or ray (local)"},
             "TENON_ENGINE",
             [](std::string_view text, RunOptions& options) -> Refusal {
               constexpr std::array<std::pair<std::string_view, EngineKind>, 3> kNames{
                   {{"local", EngineKind::kLocal},
                    {"process", EngineKind::kProcess},
                    {"ray", EngineKind::kRay}}};
               for (const auto& [name, kind] : kNames) {
                 if (name != text) continue;
                 options.engine = kind;
                 return std::nullopt;
               }
               return "local (in this process), process (each in its own) or ray (on a cluster)";
             }},
      Option{{"--ray-address", "ADDRESS", "of the Ray cluster (the one this machine is part of)"},
             "TENON_RAY_ADDRESS",
             [](std::string_view text, RunOptions& options) -> Refusal {
               options.ray_address = text;
               return std::nullopt;
             }},
      Option{{"--reload", "", "let a rebuilt module take over, in a new process"},
             nullptr,
             [](std::string_view, RunOptions& options) -> Refusal {
               options.reload = true;
               return std::nullopt;
             }},
      Option{{"--threads", "N", "event loops and compute threads (CPUs that may be used)"},
             "TENON_THREADS",
             [](std::string_view text, RunOptions& options) {
               return ReadCount(text, 1, kMostThreads, options.threads);
             }},
      Option{
          {"--tuning-file", "FILE", "remember learned batch sizes across restarts, in this file"},
          "TENON_TUNING_FILE",
          [](std::string_view text, RunOptions& options) -> Refusal {
            if (text.empty()) return "a file";
            options.tuning_file = text;
            return std::nullopt;
          }},
  };
  return kOptions;
}

Result<> ReadArguments(const CommandLine& line, RunOptions& options) {
  if (line.words.empty()) {
    return Error(ErrorCode::kInvalid, "Name what to run, as MODULE:NAME.");
  }
  options.target = line.words.front();
  for (const std::string_view word : std::span(line.words).subspan(1)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Error(ErrorCode::kInvalid, "'" + std::string(word) +
                                            "' is not understood: arguments of an application "
                                            "are written key=value.");
    }
    options.arguments.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return {};
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

std::span<const Flag> RunFlags() {
  static const auto flags = [] {
    std::vector<Flag> all;
    for (const Option& option : Options()) all.push_back(option.flag);
    return all;
  }();
  return flags;
}

Result<RunOptions> ReadRunOptions(const CommandLine& line, const Environment& environment) {
  RunOptions options;
  if (auto read = ReadArguments(line, options); !read) return std::move(read).Error();
  for (const Option& option : Options()) {
    GivenOption given;
    if (const auto value = line.Value(option.flag.name)) {
      given = {std::string(option.flag.name), std::string(*value), OptionSource::kFlag};
    } else if (const auto set =
                   option.variable != nullptr ? environment(option.variable) : std::nullopt) {
      given = {option.variable, *set, OptionSource::kEnvironment};
    } else {
      continue;
    }
    if (const Refusal allowed = option.read(given.value, options)) {
      return Error(ErrorCode::kInvalid,
                   given.name + " says '" + given.value + "'; it takes " + *allowed + ".");
    }
    options.given.push_back(std::move(given));
  }
  return options;
}

Result<> ApplyConfig(RunOptions& options) {
  if (!NamesConfig(options.target)) return {};
  const bool is_named = std::any_of(options.given.begin(), options.given.end(),
                                    [](const auto& given) { return given.name == "--name"; });
  if (!options.arguments.empty() || is_named) {
    return Error(ErrorCode::kInvalid,
                 "Names and arguments of the applications stand in " + options.target +
                     ", as 'name' and 'args'; leave them out of the command line.");
  }
  auto config = ReadConfig(options.target);
  if (!config) return std::move(config).Error();
  ApplyConfig(*std::move(config), options);
  return {};
}

void ApplyConfig(ServerConfig config, RunOptions& options) {
  const auto is_free = [&options](std::string_view flag, std::string_view variable) {
    return std::none_of(options.given.begin(), options.given.end(), [&](const auto& given) {
      return given.name == flag || given.name == variable;
    });
  };
  std::vector<GivenOption> taken;
  if (config.host && is_free("--host", "TENON_HOST")) {
    options.host = *config.host;
    taken.push_back({"http_options.host", options.host, OptionSource::kConfig});
  }
  if (config.port && is_free("--port", "TENON_PORT") && is_free("", "SAGEMAKER_BIND_TO_PORT")) {
    options.port = *config.port;
    taken.push_back({"http_options.port", std::to_string(options.port), OptionSource::kConfig});
  }
  if (config.request_timeout && is_free("--request-timeout-s", "TENON_REQUEST_TIMEOUT_S")) {
    options.request_timeout = *config.request_timeout;
    options.stream_timeout.reset();
    taken.push_back({"http_options.request_timeout_s",
                     std::to_string(options.request_timeout.count()) + " ms",
                     OptionSource::kConfig});
  }
  options.given.insert(options.given.end(), taken.begin(), taken.end());
  options.applications = std::move(config.applications);
}

}  // namespace tenon::app
