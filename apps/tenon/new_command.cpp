// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "tenon/app/command_line.hpp"
#include "tenon/base/nearest_name.hpp"
#include "tenon/base/result.hpp"

namespace tenon::command {
namespace {

namespace fs = std::filesystem;

constexpr app::Flag kFlags[] = {
    {"--template", "NAME", "single, multi or artifact (single)"},
    {"--vendor", "PACKAGE", "put Tenon's tarball or .deb into vendor/, for the Dockerfile"}};

constexpr const char* kText =
    R"(Usage: tenon new FOLDER [flags]

Makes a project in a new folder: an application or an artifact, its test, and what builds its
image. It builds and passes its test at once.

  single     one component behind an endpoint
  multi      two components behind one endpoint, and what puts them together
  artifact   a trained artifact (ONNX, XGBoost, LightGBM), without code

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon new my-model
  cd my-model && cat README.md
)";

// The templates are those of a project of this name, and stand as such in the source tree.
constexpr std::string_view kTemplateName = "my-model";
constexpr std::string_view kTemplateIdentifier = "my_model";

struct Template {
  std::string_view name;
  std::vector<std::string_view> parts;  // Folders of templates/, laid over each other.
};

std::vector<Template> Templates() {
  return {{"single", {"common", "compiled", "single"}},
          {"multi", {"common", "compiled", "multi"}},
          {"artifact", {"common", "artifact"}}};
}

Error Fault(std::string text) { return {ErrorCode::kInvalid, std::move(text)}; }

// Where `cmake --install` has put the templates, or the source tree that the program was built in.
Result<fs::path> TemplateFolder() {
  std::error_code error;
  const fs::path program = fs::canonical("/proc/self/exe", error);
  const fs::path prefix = program.parent_path().parent_path();
  const std::array places = {prefix / "share/tenon/templates",
                             prefix.parent_path().parent_path() / "packaging/templates"};
  for (const fs::path& place : places) {
    if (fs::is_directory(place / "common", error)) return place;
  }
  return Fault("The templates of 'tenon new' are not there; looked for " + places[0].string() +
               " and " + places[1].string() + ". Install Tenon's development package.");
}

// The name as C++ and CMake write it.
Result<std::string> IdentifierOf(const std::string& name) {
  std::string identifier = name;
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  std::replace_if(
      identifier.begin(), identifier.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  const bool fits = !identifier.empty() &&
                    std::isalpha(static_cast<unsigned char>(identifier[0])) != 0 &&
                    std::all_of(identifier.begin(), identifier.end(), is_word);
  if (fits) return identifier;
  return Fault("'" + name +
               "' cannot name a project; use letters, digits, '-' and '_', a letter first.");
}

void ReplaceAll(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

Result<> WriteFile(const fs::path& from, const fs::path& to, const std::string& name,
                   const std::string& identifier) {
  std::ifstream in(from, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  ReplaceAll(text, kTemplateIdentifier, identifier);
  ReplaceAll(text, kTemplateName, name);
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  std::ofstream out(to, std::ios::binary);
  out << text;
  out.close();
  fs::permissions(to, fs::status(from, error).permissions() | fs::perms::owner_write, error);
  if (in.bad() || !out || error) return Fault("'" + to.string() + "' cannot be written.");
  return {};
}

Result<> WriteProject(const Template& chosen, const fs::path& folder) {
  auto templates = TemplateFolder();
  if (!templates) return std::move(templates).Error();
  const std::string name = folder.filename().string();
  auto identifier = IdentifierOf(name);
  if (!identifier) return std::move(identifier).Error();
  for (const std::string_view part : chosen.parts) {
    const fs::path from = *templates / part;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(from)) {
      if (!entry.is_regular_file()) continue;
      auto written = WriteFile(entry.path(), folder / entry.path().lexically_relative(from), name,
                               *identifier);
      if (!written) return written;
    }
  }
  return {};
}

Result<> Vendor(const fs::path& package, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / "vendor", error);
  if (!error) fs::copy(package, folder / "vendor" / package.filename(), error);
  if (!error) return {};
  return Fault("'" + package.string() + "' cannot be copied into " + (folder / "vendor").string() +
               ": " + error.message() + ".");
}

Result<> Make(const Template& chosen, const fs::path& folder,
              const std::optional<std::string_view>& package) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return Fault("'" + folder.string() + "' is there already; name a new folder.");
  }
  if (package && !fs::is_regular_file(*package, error)) {
    return Fault("There is no package '" + std::string(*package) + "'.");
  }
  if (auto written = WriteProject(chosen, folder); !written) return written;
  return package ? Vendor(*package, folder) : Result<>();
}

}  // namespace

std::span<const app::Flag> NewFlags() { return kFlags; }

int New(Words words) {
  const auto line = app::ParseCommandLine(kFlags, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "new");
  if (line->wants_help) {
    std::printf("%s%s%s", kText, app::DescribeFlags(kFlags).c_str(), kExample);
    return kDone;
  }
  if (line->words.size() != 1) return RefuseUsage("Name the folder to make.", "new");
  const std::vector<Template> templates = Templates();
  const std::string name(line->Value("--template").value_or("single"));
  const auto chosen = std::ranges::find(templates, name, &Template::name);
  if (chosen == templates.end()) {
    return RefuseUsage("There is no template '" + name + "'; there are single, multi and artifact.",
                       "new");
  }
  fs::path folder = fs::path(line->words[0]).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // A slash at the end.
  if (auto identifier = IdentifierOf(folder.filename().string()); !identifier) {
    return RefuseUsage(identifier.Error().Detail(), "new");
  }
  if (auto made = Make(*chosen, folder, line->Value("--vendor")); !made) {
    std::fprintf(stderr, "tenon: %s\n", made.Error().Detail().c_str());
    return kFailed;
  }
  std::printf("%s is a project of the template '%s'; its README.md says what to do with it.\n",
              folder.c_str(), name.c_str());
  return kDone;
}

}  // namespace tenon::command
