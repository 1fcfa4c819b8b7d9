// SPDX-License-Identifier: Apache-2.0
// From a file to its tree, by the plug-in for YAML.
#include <dlfcn.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "app/config_node.hpp"
#include "tenon/app/yaml_plugin.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1U << 20U;

fs::path PluginPath() {
  std::error_code failure;
  Dl_info info{};
  fs::path library;
  if (dladdr(reinterpret_cast<const void*>(&ReadConfigTree), &info) != 0) {
    library = fs::canonical(info.dli_fname, failure);
  }
  return library.parent_path() / "tenon" / "plugins" / "yaml.so";
}

// Opened once and never closed.
Result<const TenonYamlPlugin*> OpenPlugin() {
  const fs::path path = PluginPath();
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* said = dlerror();
    return Error(ErrorCode::kNotFound,
                 fmt::format("A configuration file needs the plug-in for YAML, {}, which cannot be "
                             "opened: {}. Install Tenon with it.",
                             path.string(), said == nullptr ? "no reason is given" : said));
  }
  const auto plugin = reinterpret_cast<TenonYamlFunction>(dlsym(library, kYamlPluginSymbol));
  if (plugin == nullptr || plugin()->version != kYamlPluginVersion) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("The plug-in for YAML, {}, is of another version of Tenon. Install "
                             "both anew.",
                             path.string()));
  }
  return plugin();
}

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
  auto plugin = OpenPlugin();
  if (!plugin) return std::move(plugin).Error();
  ConfigBuilder builder;
  const TenonYamlSink sink{.context = &builder, .on_event = &OnEvent};
  TenonYamlFault fault{};
  if ((*plugin)->read(text->data(), text->size(), &sink, &fault) != 0) {
    return ConfigError(file.string(), fault.line, fmt::format("This is no YAML: {}.", fault.text));
  }
  return std::move(builder).Take(file.string());
}

}  // namespace tenon::app
