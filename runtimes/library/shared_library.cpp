// SPDX-License-Identifier: Apache-2.0
#include "shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;

fs::path FolderOfPlugin() {
  Dl_info info{};
  std::error_code error;
  if (dladdr(reinterpret_cast<const void*>(&FolderOfPlugin), &info) == 0) return {};
  return fs::canonical(info.dli_fname, error).parent_path();
}

std::vector<fs::path> FilesOf(const fs::path& folder, std::string_view prefix) {
  std::vector<fs::path> found;
  std::error_code error;
  auto entry = fs::directory_iterator(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with(prefix)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Names to give to dlopen, best first.
std::vector<std::string> Candidates(const LibrarySearch& search) {
  const std::string variable(search.variable);
  if (const char* given = std::getenv(variable.c_str()); given != nullptr && *given != '\0') {
    return {given};
  }
  const fs::path plugins = FolderOfPlugin();
  std::vector<std::string> found;
  for (const auto& file : FilesOf(plugins, search.file)) found.push_back(file.string());
  // Where `pip install` has put Tenon, the plug-in lies in lib/tenon/runtimes of the environment
  // and wheels in lib/python3.*.
  for (const auto& python : FilesOf(plugins.parent_path().parent_path(), "python3")) {
    for (const char* packages : {"site-packages", "dist-packages"}) {
      for (const auto& file : FilesOf(python / packages / search.package, search.file)) {
        found.push_back(file.string());
      }
    }
  }
  found.insert(found.end(), search.system.begin(), search.system.end());
  return found;
}

}  // namespace

Result<SharedLibrary> SharedLibrary::Open(const LibrarySearch& search) {
  std::vector<std::string> reasons;
  for (const std::string& name : Candidates(search)) {
    if (void* const handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      return SharedLibrary(handle, search.product, name);
    }
    const char* const reason = dlerror();
    reasons.emplace_back(reason == nullptr ? name : reason);
  }
  return Error(ErrorCode::kNotFound,
               fmt::format("The {} library is not installed.", search.product))
      .WithPrivateDetail(fmt::format(
          "{} beside the plug-in in {}, or name its file in {}; tried: {}", search.advice,
          FolderOfPlugin().string(), search.variable, fmt::join(reasons, "; ")));
}

Error SharedLibrary::Unusable(std::string_view reason) const {
  return Error(ErrorCode::kInternal, fmt::format("The {} library cannot be used.", product_))
      .WithPrivateDetail(fmt::format("{}: {}", name_, reason));
}

void* SharedLibrary::Address(const char* symbol) const noexcept { return dlsym(handle_, symbol); }

}  // namespace tenon::runtime
