// SPDX-License-Identifier: Apache-2.0
// `tenon check`: proves that a container follows SageMaker's contract.
#include "case.hpp"
#include "options.hpp"
#include "report.hpp"
#include "run.hpp"
#include "subcommand.hpp"

namespace tenon::check {
namespace {

using subcommand::kDone;
using subcommand::kFailed;
using subcommand::kUsage;
using subcommand::Print;
using subcommand::WriteReport;

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

const subcommand::Manual& TheManual() {
  static const subcommand::Manual manual{
      .name = "check", .text = kText, .flags = CheckFlags(), .example = kExample};
  return manual;
}

int Refuse(const Error& error, int status) {
  return subcommand::Refuse(TheManual(), error, status);
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

int Main(const app::CommandLine& line) {
  const auto options = ReadOptions(line);
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
  if (options->json_report) written = WriteReport(*options->json_report, ToJson(*report));
  if (options->junit_report)
    written = WriteReport(*options->junit_report, ToJunit(*report)) && written;
  return report->failed == 0 && written ? kDone : kFailed;
}

}  // namespace
}  // namespace tenon::check

int main(int argc, char** argv) {
  return tenon::subcommand::Run(tenon::check::TheManual(), argc, argv, tenon::check::Main);
}
