// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tenon/base/duration_text.hpp"

namespace tenon::check {
namespace {

constexpr std::array kFlags = {
    app::Flag{"--payload", "FILE", "a request body that the model answers with 2xx"},
    app::Flag{"--content-type", "TYPE", "its Content-Type (application/json)"},
    app::Flag{"--accept", "TYPE", "the Accept that goes with it (*/*)"},
    app::Flag{"--slow-payload", "FILE", "one that keeps the model busy for 1 to 20 seconds"},
    app::Flag{"--bad-payload", "FILE", "one that the model has to refuse (half a JSON document)"},
    app::Flag{"--streaming", "", "the payload is answered by a stream"},
    app::Flag{"--bidirectional", "", "it has the WebSocket of bidirectional streaming"},
    app::Flag{"--openai", "", "it has /v1/chat/completions"},
    app::Flag{"--sessions", "", "it has sticky sessions"},
    app::Flag{"--multi-model", "", "it is a multi-model container"},
    app::Flag{"--artifact", "DIR", "a model to load into it, as it sees the path; twice for two"},
    app::Flag{"--image", "IMAGE", "start this image"},
    app::Flag{"--engine", "PROGRAM", "with this program (docker); podman takes the same words"},
    app::Flag{"--model-dir", "DIR", "the model directory: watched, or mounted into the image"},
    app::Flag{"--port", "PORT", "where what is started here listens (8080)"},
    app::Flag{"--startup-timeout-s", "SECONDS", "how long it may take to start (480)"},
    app::Flag{"--stop-timeout-s", "SECONDS", "how long it may take to end after SIGTERM (30)"},
    app::Flag{"--reply-timeout-s", "SECONDS", "how long a reply may take (60)"},
    app::Flag{"--as-is", "", "do not append the argument 'serve' to COMMAND"},
    app::Flag{"--only", "IDS", "check these cases only, separated by commas"},
    app::Flag{"--list", "", "print the cases and check nothing"},
    app::Flag{"--json", "FILE", "write a report in JSON"},
    app::Flag{"--junit", "FILE", "write a report for JUnit readers"},
};

struct Feature {
  std::string_view flag;
  std::string_view name;
};
constexpr std::array kFeatures = {
    Feature{"--streaming", "streaming"},     Feature{"--bidirectional", "bidirectional"},
    Feature{"--openai", "openai"},           Feature{"--sessions", "sessions"},
    Feature{"--multi-model", "multi_model"},
};

Error Invalid(std::string text) { return Error(ErrorCode::kInvalid, std::move(text)); }

Result<std::string> ReadFile(std::string_view name) {
  std::ifstream file{std::string(name), std::ios::binary};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return Error(ErrorCode::kNotFound, "The file '" + std::string(name) + "' cannot be read.");
  }
  return std::move(text).str();
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(',');
    parts.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

Result<> ReadPayloads(const app::CommandLine& line, Options& options) {
  const std::array<std::pair<std::string_view, std::optional<std::string>*>, 2> optional = {
      {{"--payload", &options.payload}, {"--slow-payload", &options.slow_payload}}};
  for (const auto& [flag, to] : optional) {
    const auto file = line.Value(flag);
    if (!file) continue;
    auto text = ReadFile(*file);
    if (!text) return std::move(text).Error();
    *to = *std::move(text);
  }
  if (const auto file = line.Value("--bad-payload")) {
    auto text = ReadFile(*file);
    if (!text) return std::move(text).Error();
    options.bad_payload = *std::move(text);
  }
  return {};
}

Result<> ReadNumbers(const app::CommandLine& line, Options& options) {
  if (const auto port = line.Value("--port")) {
    const auto [end, error] =
        std::from_chars(port->data(), port->data() + port->size(), options.port);
    if (error != std::errc() || end != port->data() + port->size() || options.port == 0) {
      return Invalid("--port says '" + std::string(*port) + "'; it takes a port from 1 to 65535.");
    }
  }
  const std::array<std::pair<std::string_view, double*>, 3> times = {
      {{"--startup-timeout-s", &options.startup_timeout_s},
       {"--stop-timeout-s", &options.stop_timeout_s},
       {"--reply-timeout-s", &options.reply_timeout_s}}};
  for (const auto& [flag, to] : times) {
    const auto text = line.Value(flag);
    if (!text) continue;
    const auto seconds = ParseSeconds(*text);
    if (!seconds || *seconds <= 0 || *seconds > 3600) {
      return Invalid(std::string(flag) + " says '" + std::string(*text) +
                     "'; it takes a number of seconds up to 3600.");
    }
    *to = static_cast<double>(*seconds);
  }
  return {};
}

// What is checked: an address, a command or an image.
Result<> ReadSubject(const app::CommandLine& line, Options& options) {
  options.image = line.Value("--image").value_or("");
  if (!options.image.empty()) {
    if (line.words.empty()) return {};
    return Invalid("Give an image or something else to check, not both.");
  }
  if (line.words.empty()) {
    return Invalid("Name what to check: http://HOST:PORT, --image IMAGE, or -- COMMAND...");
  }
  if (line.words.front().starts_with("http")) {
    if (line.words.size() > 1) {
      return Invalid("'" + std::string(line.words[1]) + "' is too much behind the address.");
    }
    auto address = ParseUrl(line.words.front());
    if (!address) return std::move(address).Error();
    options.address = *std::move(address);
    return {};
  }
  options.command.assign(line.words.begin(), line.words.end());
  return {};
}

}  // namespace

bool Options::Has(std::string_view feature) const {
  return std::find(features.begin(), features.end(), feature) != features.end();
}

std::span<const app::Flag> CheckFlags() { return kFlags; }

Result<Options> ReadOptions(const app::CommandLine& line) {
  Options options;
  options.list = line.Value("--list").has_value();
  options.as_is = line.Value("--as-is").has_value();
  options.content_type = line.Value("--content-type").value_or(options.content_type);
  options.accept = line.Value("--accept").value_or(options.accept);
  options.engine = line.Value("--engine").value_or(options.engine);
  // A container engine takes a relative folder for a volume's name.
  if (const auto folder = line.Value("--model-dir")) {
    options.model_directory = std::filesystem::absolute(*folder);
  }
  if (const auto file = line.Value("--json")) options.json_report = *file;
  if (const auto file = line.Value("--junit")) options.junit_report = *file;
  for (const auto& [flag, value] : line.flags) {
    if (flag == "--artifact") options.artifacts.emplace_back(value);
    if (flag != "--only") continue;
    for (std::string& id : SplitAtCommas(value)) options.only.push_back(std::move(id));
  }
  for (const Feature& feature : kFeatures) {
    if (line.Value(feature.flag)) options.features.emplace_back(feature.name);
  }
  if (auto read = ReadNumbers(line, options); !read) return std::move(read).Error();
  if (auto read = ReadPayloads(line, options); !read) return std::move(read).Error();
  if (options.Has("multi_model") && options.artifacts.empty()) {
    return Invalid("--multi-model needs at least one --artifact.");
  }
  if (options.list) return options;
  if (auto read = ReadSubject(line, options); !read) return std::move(read).Error();
  return options;
}

}  // namespace tenon::check
