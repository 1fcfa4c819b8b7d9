// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "command.hpp"
#include "tenon/app/run.hpp"

namespace tenon::command {
namespace {

constexpr app::Flag kFlags[] = {
    {"--output", "FILE", "where to write it (stdout)"},
    {"-o", "FILE", "the same"},
    {"--app-dir", "FOLDER", "where modules lie (here, then apps/ beside the program)"}};

constexpr const char* kText =
    R"(Usage: tenon build MODULE:NAME... [flags]

Writes a configuration file that serves the applications, with the options that their
deployments are bound with: to be changed, and served by 'tenon run'. Nothing is constructed.

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon build hello:handle -o hello.yaml
  tenon run hello.yaml
)";

int Write(const std::string& text, const std::string& file) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  if (stream) return kDone;
  std::fprintf(stderr, "tenon: '%s' cannot be written. Name another file with -o.\n", file.c_str());
  return kFailed;
}

}  // namespace

std::span<const app::Flag> BuildFlags() { return kFlags; }

int Build(Words words) {
  const auto line = app::ParseCommandLine(kFlags, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "build");
  if (line->wants_help) {
    std::printf("%s%s%s", kText, app::DescribeFlags(kFlags).c_str(), kExample);
    return kDone;
  }
  if (line->words.empty()) {
    return RefuseUsage("Name the applications to write down, as MODULE:NAME.", "build");
  }
  const std::vector<std::string> targets(line->words.begin(), line->words.end());
  const auto app_dir = line->Value("--app-dir");
  const auto text = app::BuildConfig(
      targets, app_dir ? std::optional<std::filesystem::path>(*app_dir) : std::nullopt);
  if (!text) {
    std::fprintf(stderr, "tenon: %s\n", text.Error().Detail().c_str());
    return kFailed;
  }
  auto output = line->Value("-o");
  if (!output) output = line->Value("--output");
  if (output) return Write(*text, std::string(*output));
  std::printf("%s", text->c_str());
  return kDone;
}

}  // namespace tenon::command
