// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/serve_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "tenon/runtime/model_directory.hpp"

namespace tenon::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The platform gives up after 60 s, on a stream after 8 minutes, on a record of a batch after an
// hour: the client hears from us before that.
constexpr seconds kReplyTimeout{57};
constexpr seconds kStreamTimeout{475};
constexpr seconds kBatchTimeout{3600};
constexpr seconds kDrainDelay{5};
constexpr std::size_t kNoLimit = std::size_t{1} << 40U;

// What Ray's `serve run` takes and Tenon does not; the others mean the same here.
struct RayFlag {
  std::string_view name;
  std::string_view short_name;
  bool has_value;
};
constexpr std::array kRayFlags = {
    RayFlag{"--runtime-env", "", true},
    RayFlag{"--runtime-env-json", "", true},
    RayFlag{"--working-dir", "", true},
    RayFlag{"--address", "-a", true},
    RayFlag{"--route-prefix", "", true},
    RayFlag{"--blocking", "", false},
    RayFlag{"--non-blocking", "", false},
    RayFlag{"--reload", "-r", false},
    RayFlag{"--local-testing-mode", "", false},
    RayFlag{"--gradio", "", false},
    // Of Ray's own proxy, in older versions: here the platform says where to listen.
    RayFlag{"--host", "-h", true},
    RayFlag{"--port", "-p", true},
};

struct Words {
  std::vector<std::string> words;
  std::string source;
  std::vector<std::string> warnings;
};

Error Refused(std::string_view name, std::string_view value, std::string_view allowed) {
  return Error(ErrorCode::kInvalid, std::string(name) + " says '" + std::string(value) +
                                        "'; it takes " + std::string(allowed) + ".");
}

Words WithoutRayFlags(std::vector<std::string> given) {
  Words kept{.words = {}, .source = kRayArguments, .warnings = {}};
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string name = given[i].substr(0, given[i].find('='));
    if (name == "-d") {  // Ray's short form of the same flag.
      kept.words.emplace_back("--app-dir");
      continue;
    }
    const auto known = std::find_if(kRayFlags.begin(), kRayFlags.end(), [&](const RayFlag& flag) {
      return name == flag.name || (!flag.short_name.empty() && name == flag.short_name);
    });
    // A word key=value is an argument of the application, whatever its key is.
    if (known == kRayFlags.end() || !name.starts_with('-')) {
      kept.words.push_back(std::move(given[i]));
      continue;
    }
    kept.warnings.push_back(std::string(kRayArguments) + ": " + name +
                            " is Ray's and has no meaning here; it is left out.");
    if (known->has_value && given[i].size() == name.size()) ++i;
  }
  return kept;
}

Result<Words> FindWords(const Environment& environment) {
  for (const char* name : {kRunArguments, kRayArguments}) {
    const auto text = environment(name);
    if (!text) continue;
    auto words = SplitWords(*text);
    if (!words)
      return Error(ErrorCode::kInvalid, std::string(name) + ": " + words.Error().Detail());
    if (words->empty()) return Refused(name, *text, "the arguments of 'tenon run'");
    if (name == kRayArguments) return WithoutRayFlags(*std::move(words));
    return Words{.words = *std::move(words), .source = name, .warnings = {}};
  }
  return Words{.words = {kDefaultModelPath}, .source = "", .warnings = {}};
}

std::optional<std::size_t> WholeNumber(std::string_view text, std::size_t most) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most) {
    return std::nullopt;
  }
  return number;
}

bool IsTrue(const std::optional<std::string>& value) {
  return value && (*value == "true" || *value == "True" || *value == "TRUE" || *value == "1");
}

// Names of Python's logging in any case, or its numbers.
std::optional<LogLevel> PythonLevel(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  constexpr std::array<std::pair<std::string_view, LogLevel>, 15> kLevels = {
      {{"TRACE", LogLevel::kTrace},
       {"NOTSET", LogLevel::kTrace},
       {"DEBUG", LogLevel::kDebug},
       {"10", LogLevel::kDebug},
       {"INFO", LogLevel::kInfo},
       {"20", LogLevel::kInfo},
       {"WARNING", LogLevel::kWarning},
       {"WARN", LogLevel::kWarning},
       {"30", LogLevel::kWarning},
       {"ERROR", LogLevel::kError},
       {"40", LogLevel::kError},
       {"CRITICAL", LogLevel::kError},
       {"FATAL", LogLevel::kError},
       {"50", LogLevel::kError},
       {"5", LogLevel::kTrace}}};
  for (const auto& [name, level] : kLevels) {
    if (text == name) return level;
  }
  return std::nullopt;
}

// Fills in, under the names that SageMaker uses, what neither a flag nor a TENON_ variable says.
class Container {
 public:
  Container(const Environment& environment, RunOptions& options)
      : environment_(environment), options_(options) {}

  Result<> FillIn() {
    if (IsFree("--host", "TENON_HOST")) options_.host = "0.0.0.0";
    if (IsFree("--log-format", "TENON_LOG_FORMAT")) options_.log_format = LogFormat::kJson;
    if (IsFree("--drain-delay-s", "TENON_DRAIN_DELAY_S")) options_.drain_delay = kDrainDelay;
    for (auto fill : {&Container::Port, &Container::BodyLimit, &Container::Level,
                      &Container::StartupTimeout, &Container::Threads}) {
      if (auto filled = (this->*fill)(); !filled) return filled;
    }
    Deadlines();
    return {};
  }

 private:
  bool IsFree(std::string_view flag, std::string_view variable) const {
    return std::none_of(options_.given.begin(), options_.given.end(), [&](const auto& given) {
      return given.name == flag || given.name == variable;
    });
  }
  void Note(std::string name, std::string value) {
    options_.given.push_back({std::move(name), std::move(value), OptionSource::kEnvironment});
  }

  Result<> Port() {
    constexpr const char* kName = "SAGEMAKER_BIND_TO_PORT";
    const auto text = environment_(kName);
    if (!text || !IsFree("--port", "TENON_PORT")) return {};
    const auto port = WholeNumber(*text, 65'535);
    if (!port || *port == 0) return Refused(kName, *text, "a port from 1 to 65535");
    options_.port = static_cast<std::uint16_t>(*port);
    Note(kName, *text);
    return {};
  }

  Result<> BodyLimit() {
    if (!IsFree("--max-request-bytes", "TENON_MAX_REQUEST_BYTES")) return {};
    constexpr const char* kBytes = "SAGEMAKER_MAX_REQUEST_SIZE";
    constexpr const char* kMegabytes = "SAGEMAKER_MAX_PAYLOAD_IN_MB";
    if (const auto text = environment_(kBytes)) {
      const auto bytes = WholeNumber(*text, kNoLimit);
      if (!bytes) return Refused(kBytes, *text, "a whole number of bytes, 0 for no limit");
      SetBodyLimit(kBytes, *text, *bytes);
    } else if (const auto megabytes_text = environment_(kMegabytes)) {
      const auto megabytes = WholeNumber(*megabytes_text, 1U << 20U);
      if (!megabytes) {
        return Refused(kMegabytes, *megabytes_text, "a whole number of megabytes, 0 for no limit");
      }
      SetBodyLimit(kMegabytes, *megabytes_text, *megabytes << 20U);
    }
    return {};
  }
  void SetBodyLimit(const char* name, std::string text, std::size_t bytes) {
    options_.max_request_bytes = bytes == 0 ? kNoLimit : bytes;
    options_.max_request_setting = name;
    Note(name, std::move(text));
  }

  // A level that nobody knows is no reason not to serve.
  Result<> Level() {
    constexpr const char* kName = "SAGEMAKER_CONTAINER_LOG_LEVEL";
    const auto text = environment_(kName);
    if (!text || !IsFree("--log-level", "TENON_LOG_LEVEL")) return {};
    if (const auto level = PythonLevel(*text)) {
      options_.log_level = *level;
      Note(kName, *text);
    } else {
      options_.warnings.push_back(std::string(kName) + " says '" + *text +
                                  "', which is no level; info is used.");
    }
    return {};
  }

  Result<> StartupTimeout() {
    constexpr const char* kName = "SAGEMAKER_STARTUP_TIMEOUT";
    const auto text = environment_(kName);
    if (!text || !IsFree("--startup-timeout-s", "TENON_STARTUP_TIMEOUT_S")) return {};
    const auto count = WholeNumber(*text, 86'400);
    if (!count) return Refused(kName, *text, "a whole number of seconds up to 86400");
    options_.startup_timeout = seconds(*count);
    Note(kName, *text);
    return {};
  }

  // Workers of the older toolkits are processes with one request each: as many threads.
  Result<> Threads() {
    for (const char* name : {"SAGEMAKER_NUM_MODEL_WORKERS", "SAGEMAKER_MODEL_SERVER_WORKERS"}) {
      const auto text = environment_(name);
      if (!text || !IsFree("--threads", "TENON_THREADS")) continue;
      const auto count = WholeNumber(*text, 1024);
      if (!count || *count == 0) return Refused(name, *text, "a whole number from 1 to 1024");
      options_.threads = *count;
      Note(name, *text);
      break;
    }
    return {};
  }

  void Deadlines() {
    if (!IsFree("--request-timeout-s", "TENON_REQUEST_TIMEOUT_S")) return;
    constexpr const char* kName = "SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS";
    if (const auto text = environment_(kName)) {
      if (const auto count = WholeNumber(*text, 86'400); count && *count != 0) {
        options_.request_timeout = seconds(*count);
        Note(kName, *text);
        return;
      }
      options_.warnings.push_back(std::string(kName) + " says '" + *text +
                                  "', which is no number of seconds; it is left out.");
    }
    const bool is_batch = IsTrue(environment_("SAGEMAKER_BATCH"));
    options_.request_timeout = is_batch ? kBatchTimeout : kReplyTimeout;
    options_.stream_timeout = is_batch ? kBatchTimeout : kStreamTimeout;
  }

  const Environment& environment_;
  RunOptions& options_;
};

}  // namespace

Result<RunOptions> ReadServeOptions(const Environment& environment) {
  auto found = FindWords(environment);
  if (!found) return std::move(found).Error();
  std::vector<const char*> words;
  for (const std::string& word : found->words) words.push_back(word.c_str());
  const auto line = ParseCommandLine(RunFlags(), words);
  const auto blame = [&](const Error& error) {
    return found->source.empty() ? error
                                 : Error(error.Code(), found->source + ": " + error.Detail());
  };
  if (!line) return blame(line.Error());
  auto options = ReadRunOptions(*line, environment);
  if (!options) return options;
  options->warnings = std::move(found->warnings);
  if (auto filled = Container(environment, *options).FillIn(); !filled) {
    return std::move(filled).Error();
  }
  return options;
}

}  // namespace tenon::app
