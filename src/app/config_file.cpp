// SPDX-License-Identifier: Apache-2.0
// From a file to its tree, by the plug-in for YAML.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "app/config_node.hpp"
#include "runtime/own_plugin.hpp"
#include "tenon/app/yaml_plugin.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1U << 20U;

constexpr runtime::OwnPlugin kPlugin = {.name = "yaml",
                                        .purpose = "A configuration file",
                                        .package = "libyaml-cpp0.7",
                                        .symbol = kYamlPluginSymbol};

Result<std::string> ReadText(const fs::path& file) {
  std::error_code failure;
  if (fs::is_directory(file, failure)) {
    return Error(ErrorCode::kInvalid, file.string() + " is a folder, not a configuration file.");
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return Error(ErrorCode::kNotFound, fmt::format("The configuration file '{}' cannot be read: "
                                                   "{}.",
                                                   file.string(), std::strerror(errno)));
  }
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (text.size() > kMostBytes) {
    return Error(ErrorCode::kInvalid,
                 file.string() + " has more than 1 MiB; no configuration has.");
  }
  return text;
}

std::int32_t OnEvent(void* builder, std::int32_t event, std::int32_t line, const char* text,
                     std::size_t size) {
  return static_cast<ConfigBuilder*>(builder)->Add(event, line, {text, size}) ? 1 : 0;
}

}  // namespace

Result<ConfigNode> ReadConfigTree(const fs::path& file) {
  auto text = ReadText(file);
  if (!text) return std::move(text).Error();
  const auto plugin = runtime::OpenOwnPlugin<TenonYamlPlugin>(kPlugin, kYamlPluginVersion);
  if (!plugin) return plugin.Error();
  ConfigBuilder builder;
  const TenonYamlSink sink{.context = &builder, .on_event = &OnEvent};
  TenonYamlFault fault{};
  if ((*plugin)->read(text->data(), text->size(), &sink, &fault) != 0) {
    return ConfigError(file.string(), fault.line, fmt::format("This is no YAML: {}.", fault.text));
  }
  return std::move(builder).Take(file.string());
}

}  // namespace tenon::app
