// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/registry.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "runtime/plugin_library.hpp"

namespace tenon::runtime {
namespace {

constexpr std::string_view kSuffix = ".so";

std::string Listing(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    fmt::format_to(std::back_inserter(text), "{}{}", text.empty() ? "" : ", ", name);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::vector<std::filesystem::path> DefaultRuntimeDirectories() {
  if (const char* given = std::getenv("TENON_RUNTIME_DIR"); given != nullptr && *given != '\0') {
    return {given};
  }
  std::error_code error;
  std::filesystem::path binary;
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&DefaultRuntimeDirectories), &info) != 0 &&
      info.dli_fname != nullptr) {
    binary = std::filesystem::canonical(info.dli_fname, error);
  }
  // A program that was found through PATH is known to the linker by its bare name.
  if (binary.empty() || error) binary = std::filesystem::canonical("/proc/self/exe", error);
  const std::filesystem::path folder = binary.parent_path();
  return {folder / "tenon" / "runtimes", folder.parent_path() / "lib" / "tenon" / "runtimes"};
}

RuntimeRegistry::RuntimeRegistry(std::vector<std::filesystem::path> directories)
    : directories_(std::move(directories)) {}
RuntimeRegistry::~RuntimeRegistry() = default;

void RuntimeRegistry::Add(std::unique_ptr<Runtime> runtime) {
  std::string name(runtime->Name());
  const std::lock_guard lock(mutex_);
  runtimes_.try_emplace(std::move(name), std::move(runtime));
}

Result<Runtime*> RuntimeRegistry::Find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto known = runtimes_.find(name); known != runtimes_.end()) {
    return known->second.get();
  }
  std::string wanted(name);
  Result<std::unique_ptr<Runtime>> opened = Open(wanted);
  if (!opened) return std::move(opened).Error();
  Runtime* const runtime = opened->get();
  runtimes_.emplace(std::move(wanted), *std::move(opened));
  return runtime;
}

std::vector<std::string> RuntimeRegistry::Available() const {
  const std::lock_guard lock(mutex_);
  return Names();
}

std::vector<std::string> RuntimeRegistry::Names() const {
  std::set<std::string> names;
  for (const auto& [name, runtime] : runtimes_) names.insert(name);
  for (const std::filesystem::path& directory : directories_) {
    std::error_code error;
    auto entry = std::filesystem::directory_iterator(directory, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      const std::string file = entry->path().filename().string();
      // Third-party libraries lie beside the plug-ins that use them.
      if (file.ends_with(kSuffix) && !file.starts_with("lib")) {
        names.insert(file.substr(0, file.size() - kSuffix.size()));
      }
    }
  }
  return {names.begin(), names.end()};
}

Result<std::unique_ptr<Runtime>> RuntimeRegistry::Open(const std::string& name) const {
  std::string looked_in;
  for (const std::filesystem::path& directory : directories_) {
    const std::filesystem::path file = directory / (name + std::string(kSuffix));
    std::error_code error;
    if (std::filesystem::exists(file, error)) return OpenPlugin(file);
    fmt::format_to(std::back_inserter(looked_in), "{}{}", looked_in.empty() ? "" : ", ",
                   directory.string());
  }
  return Error(ErrorCode::kNotFound, fmt::format("The runtime \"{}\" is not installed.", name))
      .WithPrivateDetail(fmt::format(
          "looked for {}{} in {}; found {}; install it there, or name its "
          "folder in TENON_RUNTIME_DIR",
          name, kSuffix, looked_in.empty() ? "no folder" : looked_in, Listing(Names())));
}

}  // namespace tenon::runtime
