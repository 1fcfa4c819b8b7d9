// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "command.hpp"
#include "tenon/app/inspect.hpp"
#include "tenon/app/run.hpp"

namespace tenon::command {
namespace {

constexpr app::Flag kFlags[] = {
    {"--write", "", "write the tenon.yaml that says what is served anyway, to be changed"},
    {"--example", "",
     "print a request that works, and nothing else; a content type may follow (text/csv)"}};

constexpr const char* kText =
    R"(Usage: tenon inspect PATH [flags]

Says what the artifact at PATH is (a file, a folder with one, or a .tar.gz of such a folder): what
executes it, what it takes and gives, what its tenon.yaml changes, whether requests become batches,
and a request that works with its answer. Nothing listens.

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon inspect model/
  tenon inspect model/ --write
  tenon inspect model/ --example text/csv
  tenon run model/
)";

// Prints the text, or why there is none.
int Print(const Result<std::string>& text) {
  if (!text) {
    std::fprintf(stderr, "tenon: %s\n", text.Error().Detail().c_str());
    return kFailed;
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return kDone;
}

Result<std::string> Answer(const app::CommandLine& line, const std::string& path) {
  if (line.Value("--example")) {
    return app::ExampleRequest(path, line.words.size() > 1 ? line.words[1] : "");
  }
  if (!line.Value("--write")) return app::InspectArtifact(path);
  const auto file = app::WriteArtifactConfig(path);
  if (!file) return file.Error();
  return file->string() + "\n";
}

}  // namespace

std::span<const app::Flag> InspectFlags() { return kFlags; }

int Inspect(Words words) {
  const auto line = app::ParseCommandLine(kFlags, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "inspect");
  if (line->wants_help) {
    std::printf("%s%s%s", kText, app::DescribeFlags(kFlags).c_str(), kExample);
    return kDone;
  }
  const bool may_name_type = line->Value("--example").has_value();
  if (line->words.empty() || line->words.size() > (may_name_type ? 2U : 1U)) {
    return RefuseUsage(
        "'inspect' takes one path, found " + std::to_string(line->words.size()) + " words.",
        "inspect");
  }
  if (line->Value("--example") && line->Value("--write")) {
    return RefuseUsage("'inspect' takes --example or --write.", "inspect");
  }
  return Print(Answer(*line, std::string(line->words[0])));
}

}  // namespace tenon::command
