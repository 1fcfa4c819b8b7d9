// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstring>
#include <string_view>

namespace tenon::runtime {
namespace {

Error Unusable(const std::filesystem::path& file, std::string_view reason) {
  return Error(ErrorCode::kInternal, "A runtime's plug-in cannot be used.")
      .WithPrivateDetail(fmt::format("{}: {}", file.string(), reason));
}

}  // namespace

std::optional<std::string> Mismatch(const PluginHeader& found) {
  constexpr PluginHeader ours = MakePluginHeader(nullptr);
  if (found.magic != ours.magic) return "it is not a plug-in of Tenon";
  if (found.version_major != ours.version_major || found.version_minor != ours.version_minor) {
    return fmt::format("it was built for Tenon {}.{}, this is {}.{}; rebuild it",
                       found.version_major, found.version_minor, ours.version_major,
                       ours.version_minor);
  }
  if (std::strcmp(found.compiler, ours.compiler) != 0) {
    return fmt::format("it was built by {}, this Tenon by {}; rebuild it", found.compiler,
                       ours.compiler);
  }
  if (std::strcmp(found.sanitizer, ours.sanitizer) != 0) {
    return fmt::format("it was built with sanitizer \"{}\", this Tenon with \"{}\"; rebuild it",
                       found.sanitizer, ours.sanitizer);
  }
  return std::nullopt;
}

Result<std::unique_ptr<Runtime>> OpenPlugin(const std::filesystem::path& file) {
  // Never closed: code of the plug-in may be anywhere by then, in destructors above all.
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const reason = dlerror();
    return Unusable(file, fmt::format("{}; was it built for another version of Tenon?",
                                      reason == nullptr ? "no reason given" : reason));
  }
  const auto header = reinterpret_cast<PluginFunction>(dlsym(library, kPluginSymbol));
  if (header == nullptr) {
    return Unusable(
        file, fmt::format("it has no symbol {}, so it is not a plug-in of Tenon", kPluginSymbol));
  }
  const PluginHeader& found = *header();
  if (const std::optional<std::string> mismatch = Mismatch(found)) {
    return Unusable(file, *mismatch);
  }
  return found.create();
}

}  // namespace tenon::runtime
