// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds and opens the shared library that `module:name` means.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/app/module.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// `example_serving.single:handle`, taken apart.
struct Target {
  std::string module;       // "example_serving.single".
  std::string application;  // "handle".
};

// Errors: kInvalid when there are no two parts.
TENON_EXPORT Result<Target> ParseTarget(std::string_view text);

// Where a module's file may lie, in the order in which it is looked for: `a.b` is `a/b.so` in each
// folder. Leading parts that name the project's own folders may be missing there, so `project.a.b`
// is also looked for as `a/b.so` and `b.so`, after the full name. What holds a slash or ends in
// `.so` is a path already.
TENON_EXPORT std::vector<std::filesystem::path> ModulePaths(
    std::string_view module, std::span<const std::filesystem::path> folders);

// The folders that are looked into when none was named: the current one, and `apps` beside the
// folder of the program (`build/release/bin/tenon` finds `build/release/apps`).
TENON_EXPORT std::vector<std::filesystem::path> DefaultModuleFolders();

// The module that means the applications of the running program itself.
inline constexpr const char* kOwnProgram = "/proc/self/exe";

// A module that was opened and may be used. It is never closed: code and static objects of it are
// in use until the process ends.
struct LoadedModule {
  std::filesystem::path path;
  const ModuleHeader* header = nullptr;

  std::span<const ApplicationEntry> Applications() const noexcept {
    return {header->first, header->last};
  }
};

// Opens the module, hidden from every other one, and checks version, compiler and sanitizer before
// any of its C++ is called.
// Errors: kNotFound (with the places that were looked at and the nearest names), kInvalid (not a
// module, or built for something else). The texts are for whoever starts the program.
TENON_EXPORT Result<LoadedModule> LoadModule(std::string_view module,
                                             std::span<const std::filesystem::path> folders);

// Why this program cannot use a module with that header, or nothing.
TENON_EXPORT Result<> CheckHeader(const ModuleHeader& header);

// Errors: kNotFound, listing the names that there are.
TENON_EXPORT Result<const ApplicationEntry*> FindApplication(const LoadedModule& module,
                                                             std::string_view name);

}  // namespace tenon::app
