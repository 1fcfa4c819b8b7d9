// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/module_loader.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

#include "tenon/base/nearest_name.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".so";

bool IsPath(std::string_view module) {
  return module.find('/') != std::string_view::npos || module.ends_with(kSuffix);
}

std::string Quoted(const fs::path& path) { return "'" + path.string() + "'"; }

// The modules below a folder by the names that `run` would take. A build folder can be large, so
// the walk is bounded.
std::vector<std::string> ModuleNames(std::span<const fs::path> folders) {
  constexpr int kDepth = 3;
  constexpr std::size_t kMostEntries = 5000;
  std::vector<std::string> names;
  std::size_t seen = 0;
  for (const fs::path& folder : folders) {
    std::error_code failure;
    auto it = fs::recursive_directory_iterator(
        folder, fs::directory_options::skip_permission_denied, failure);
    for (; !failure && it != fs::recursive_directory_iterator() && seen < kMostEntries;
         it.increment(failure), ++seen) {
      const fs::path& path = it->path();
      if (it.depth() >= kDepth || path.filename().string().starts_with('.')) {
        it.disable_recursion_pending();
      }
      if (path.extension() != kSuffix) continue;
      std::string name = path.lexically_relative(folder).replace_extension().string();
      std::replace(name.begin(), name.end(), '/', '.');
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string List(std::span<const std::string> names) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    text += (i == 0 ? "'" : ", '") + names[i] + "'";
  }
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

Error NotFound(std::string_view module, std::span<const fs::path> places,
               std::span<const fs::path> folders) {
  std::string text = "There is no module '" + std::string(module) + "'; looked for ";
  for (std::size_t i = 0; i < places.size(); ++i) {
    text += (i == 0 ? "" : ", ") + Quoted(places[i]);
  }
  text += ".";
  const std::vector<std::string> names =
      IsPath(module) ? std::vector<std::string>() : ModuleNames(folders);
  const std::string nearest = DidYouMean(module, names);
  if (!nearest.empty()) {
    text += nearest;
  } else if (!names.empty()) {
    text += " There is " + List(names) + ".";
  } else {
    text += " Build it, or name its folder with --app-dir.";
  }
  return {ErrorCode::kNotFound, std::move(text)};
}

bool IsElf(const fs::path& path) {
  char magic[4] = {};
  std::ifstream file(path, std::ios::binary);
  file.read(magic, sizeof magic);
  return file.gcount() == sizeof magic && std::string_view(magic, 4) == "\177ELF";
}

// Whether everything that the linker would map lies within the file: reading beyond its end would
// kill the process. What is no ELF file of this machine's kind is left to the linker to refuse.
bool IsCutOff(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code failure;
  const std::uint64_t size = fs::file_size(path, failure);
  Elf64_Ehdr head{};
  file.read(reinterpret_cast<char*>(&head), sizeof head);
  if (!file || failure || head.e_ident[EI_CLASS] != ELFCLASS64) return false;
  file.seekg(static_cast<std::streamoff>(head.e_phoff));
  for (unsigned i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment{};
    file.read(reinterpret_cast<char*>(&segment), sizeof segment);
    if (!file) return true;
    if (segment.p_type != PT_LOAD) continue;
    if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset) return true;
  }
  return false;
}

std::string Demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && text != nullptr ? text.get() : symbol;
}

// What the dynamic linker's words mean here.
std::string ExplainFailure(std::string_view said) {
  constexpr std::string_view kUndefined = "undefined symbol: ";
  const std::size_t at = said.find(kUndefined);
  if (at == std::string_view::npos) return "the dynamic linker says: " + std::string(said);
  std::string symbol(said.substr(at + kUndefined.size()));
  symbol.resize(std::min(symbol.find_first_of(" ,\t("), symbol.size()));
  for (const auto& [prefix, sanitizer] :
       {std::pair{"__asan_", "address"}, std::pair{"__tsan_", "thread"},
        std::pair{"__ubsan_", "undefined-behaviour"}}) {
    if (symbol.starts_with(prefix)) {
      return std::string("it was built with the ") + sanitizer +
             " sanitizer, and this program was not. Build both with the same preset.";
    }
  }
  const std::string name = Demangled(symbol);
  if (name.find("tenon::") != std::string::npos) {
    return "it uses '" + name +
           "', which this version of Tenon does not have. Rebuild the module for " TENON_VERSION
           ".";
  }
  return "it needs '" + name + "', which none of its libraries has. Link what defines it.";
}

// The header that the file itself exports; libraries that it links do not count.
Result<const ModuleHeader*> HeaderOf(void* library, const fs::path& path) {
  void* symbol = dlsym(library, kModuleSymbol);
  Dl_info where{};
  std::error_code failure;
  const bool is_own = symbol != nullptr && dladdr(symbol, &where) != 0 &&
                      fs::equivalent(where.dli_fname, path, failure);
  if (!is_own) {
    return Error(ErrorCode::kInvalid,
                 Quoted(path) + " is a shared library, but not a module of Tenon: it lacks '" +
                     kModuleSymbol +
                     "'. A module has a TENON_APPLICATION and is built by "
                     "tenon_add_application.");
  }
  return reinterpret_cast<ModuleFunction>(symbol)();
}

// A program cannot be opened as a library; its own symbols are those that it was linked to export.
Result<LoadedModule> OpenOwnProgram() {
  void* symbol = dlsym(RTLD_DEFAULT, kModuleSymbol);
  if (symbol == nullptr) {
    return Error(ErrorCode::kInvalid,
                 "This program exports no applications. One that does is built by "
                 "tenon_add_executable.");
  }
  return LoadedModule{.path = kOwnProgram, .header = reinterpret_cast<ModuleFunction>(symbol)()};
}

Result<LoadedModule> Open(const fs::path& path) {
  if (path == kOwnProgram) return OpenOwnProgram();
  if (!IsElf(path)) {
    return Error(ErrorCode::kInvalid, Quoted(path) +
                                          " is not a shared library. A module is built by "
                                          "tenon_add_application.");
  }
  if (IsCutOff(path)) {
    return Error(ErrorCode::kInvalid, "The module " + Quoted(path) +
                                          " is cut off: its end is missing. Copy or build it "
                                          "again.");
  }
  // A name without a slash would be searched for in the system's folders.
  void* library = dlopen(fs::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* said = dlerror();
    return Error(ErrorCode::kInvalid, "The module " + Quoted(path) + " cannot be opened: " +
                                          ExplainFailure(said != nullptr ? said : "nothing"));
  }
  auto header = HeaderOf(library, path);
  if (!header) return std::move(header).Error();
  if (auto fits = CheckHeader(**header); !fits) {
    return Error(ErrorCode::kInvalid,
                 "The module " + Quoted(path) + " cannot be used: " + fits.Error().Detail());
  }
  return LoadedModule{.path = path, .header = *header};
}

}  // namespace

Result<Target> ParseTarget(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    return Error(ErrorCode::kInvalid, "'" + std::string(text) +
                                          "' does not name an application; write MODULE:NAME, "
                                          "such as hello:handle.");
  }
  return Target{.module = std::string(text.substr(0, colon)),
                .application = std::string(text.substr(colon + 1))};
}

std::vector<fs::path> ModulePaths(std::string_view module, std::span<const fs::path> folders) {
  if (IsPath(module)) return {fs::path(module)};
  std::vector<std::string> names;
  std::string whole(module);
  std::replace(whole.begin(), whole.end(), '.', '/');
  for (std::string_view rest = whole;;) {
    names.push_back(std::string(rest) + std::string(kSuffix));
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  std::vector<fs::path> paths;
  for (const std::string& name : names) {
    for (const fs::path& folder : folders) paths.push_back(folder / name);
  }
  return paths;
}

std::vector<fs::path> DefaultModuleFolders() {
  std::vector<fs::path> folders = {"."};
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  if (!failure) folders.push_back(program.parent_path().parent_path() / "apps");
  return folders;
}

Result<LoadedModule> LoadModule(std::string_view module, std::span<const fs::path> folders) {
  const std::vector<fs::path> places = ModulePaths(module, folders);
  for (const fs::path& place : places) {
    std::error_code failure;
    if (fs::is_regular_file(place, failure)) return Open(place);
  }
  return NotFound(module, places, folders);
}

Result<> CheckHeader(const ModuleHeader& header) {
  if (header.magic != ModuleHeader::kMagic) {
    return Error(ErrorCode::kInvalid, "its header is not one of Tenon's. Rebuild it.");
  }
  if (header.version_major != TENON_VERSION_MAJOR || header.version_minor != TENON_VERSION_MINOR) {
    return Error(ErrorCode::kInvalid, "it was built for Tenon " +
                                          std::to_string(header.version_major) + "." +
                                          std::to_string(header.version_minor) +
                                          ", and this is " TENON_VERSION
                                          ". Rebuild it: a module fits one minor version.");
  }
  const auto same = [](const char* theirs, std::string_view ours) {
    return theirs != nullptr && theirs == ours;
  };
  if (!same(header.compiler, kCompiler)) {
    return Error(ErrorCode::kInvalid,
                 std::string("it was built by ") +
                     (header.compiler != nullptr ? header.compiler : "an unknown compiler") +
                     ", and this program by " + kCompiler + ". Use the same compiler.");
  }
  if (!same(header.sanitizer, kSanitizer)) {
    return Error(ErrorCode::kInvalid,
                 std::string("its sanitizer is '") +
                     (header.sanitizer != nullptr ? header.sanitizer : "unknown") +
                     "', and this program's is '" + kSanitizer +
                     "'. Build both with the same preset.");
  }
  return {};
}

Result<const ApplicationEntry*> FindApplication(const LoadedModule& module, std::string_view name) {
  std::vector<std::string> names;
  for (const ApplicationEntry& entry : module.Applications()) {
    if (entry.name == name) return &entry;
    names.emplace_back(entry.name);
  }
  if (names.empty()) {
    return Error(ErrorCode::kNotFound, "The module " + Quoted(module.path) +
                                           " has no application. Add a TENON_APPLICATION to it.");
  }
  return Error(ErrorCode::kNotFound, "The module " + Quoted(module.path) + " has no application '" +
                                         std::string(name) + "'; it has " + List(names) + "." +
                                         DidYouMean(name, names));
}

}  // namespace tenon::app
