// SPDX-License-Identifier: Apache-2.0
// `tenon check`: proves that a container follows SageMaker's contract.
#include <cstdio>
#include <exception>
#include <fstream>

#include "case.hpp"
#include "options.hpp"
#include "report.hpp"
#include "run.hpp"

namespace tenon::check {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kText =
    R"(Usage: tenon check http://HOST:PORT [flags]
       tenon check [flags] -- COMMAND...
       tenon check --image IMAGE [flags]

Checks a container against SageMaker's contract: as it runs at an address, or started and stopped
here, with the argument 'serve' as SageMaker does. Each case says what it found, why that matters
and where it is written.

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon check --payload request.json --junit report.xml -- tenon run hello:handle

Exit status: 0 when every must holds, 1 when one does not, 2 for wrong usage.
)";

int Refuse(const Error& error, int status) {
  std::fprintf(stderr, "tenon: %s%s\n", error.Detail().c_str(),
               status == kUsage ? " See 'tenon check --help'." : "");
  return status;
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

bool WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  std::fprintf(stderr, "tenon: the report %s cannot be written.\n", path.c_str());
  return false;
}

// An id that does not exist is a typing mistake, not a case that holds.
Result<> CheckIds(const Options& options, const std::vector<Case>& cases) {
  for (const std::string& id : options.only) {
    bool known = false;
    for (const Case& one : cases) known = known || one.id == id;
    if (!known) {
      return Error(ErrorCode::kInvalid,
                   "--only names the case '" + id + "', which does not exist; see --list.");
    }
  }
  return {};
}

int Main(std::span<const char* const> words) {
  const auto line = app::ParseCommandLine(CheckFlags(), words);
  if (!line) return Refuse(line.Error(), kUsage);
  if (line->wants_help) {
    Print(kText + app::DescribeFlags(CheckFlags()) + kExample);
    return kDone;
  }
  const auto options = ReadOptions(*line);
  if (!options) return Refuse(options.Error(), kUsage);
  auto cases = ReadCases();
  if (!cases) return Refuse(cases.Error(), kFailed);
  if (auto known = CheckIds(*options, *cases); !known) return Refuse(known.Error(), kUsage);
  if (options->list) {
    for (const Case& one : *cases) {
      Print(Line({.id = one.id,
                  .title = one.title,
                  .level = one.level,
                  .verdict = Verdict::pass,
                  .detail = {},
                  .why = {},
                  .source = {},
                  .section = {}})
                .substr(6));
    }
    return kDone;
  }
  const auto report =
      RunCases(*std::move(cases), *options, [](const CaseReport& one) { Print(Line(one)); });
  if (!report) return Refuse(report.Error(), kFailed);
  Print(Summary(*report));
  bool written = true;
  if (options->json_report) written = WriteFile(*options->json_report, ToJson(*report));
  if (options->junit_report)
    written = WriteFile(*options->junit_report, ToJunit(*report)) && written;
  return report->failed == 0 && written ? kDone : kFailed;
}

}  // namespace
}  // namespace tenon::check

int main(int argc, char** argv) {
  const std::vector<const char*> words(argv, argv + argc);
  try {
    return tenon::check::Main(std::span(words).subspan(words.empty() ? 0 : 1));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "tenon: %s\n", exception.what());
    return 1;
  }
}
