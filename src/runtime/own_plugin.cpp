// SPDX-License-Identifier: Apache-2.0
#include "runtime/own_plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace tenon::runtime {
namespace {

std::filesystem::path PathOf(const OwnPlugin& plugin) {
  std::error_code failure;
  Dl_info info{};
  std::filesystem::path library;
  if (dladdr(reinterpret_cast<const void*>(&FindInPlugin), &info) != 0) {
    library = std::filesystem::canonical(info.dli_fname, failure);
  }
  return library.parent_path() / "tenon" / "plugins" / (std::string(plugin.name) + ".so");
}

}  // namespace

Result<void*> FindInPlugin(const OwnPlugin& plugin) {
  const std::filesystem::path path = PathOf(plugin);
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const said = dlerror();
    return Error(ErrorCode::kNotFound,
                 fmt::format("{} needs the plug-in {}, which cannot be opened: {}. Install Tenon "
                             "with it, and the package {}.",
                             plugin.purpose, path.string(),
                             said == nullptr ? "no reason is given" : said, plugin.package));
  }
  void* const symbol = dlsym(library, plugin.symbol);
  if (symbol == nullptr) return OtherVersion(plugin);
  return symbol;
}

Error OtherVersion(const OwnPlugin& plugin) {
  return {ErrorCode::kInvalid,
          fmt::format("The plug-in {} is of another version of Tenon. Install both anew.",
                      PathOf(plugin).string())};
}

}  // namespace tenon::runtime
