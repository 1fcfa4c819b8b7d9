// SPDX-License-Identifier: Apache-2.0
// `tenon bench`: a load generator for people who serve models.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "compare.hpp"
#include "find_capacity.hpp"
#include "html_report.hpp"
#include "load.hpp"
#include "options.hpp"
#include "result.hpp"
#include "subcommand.hpp"
#include "summary.hpp"

namespace tenon::bench {
namespace {

using subcommand::kDone;
using subcommand::kFailed;
using subcommand::kUsage;
using subcommand::Print;
using subcommand::WriteReport;

constexpr const char* kText =
    R"(Usage: tenon bench http://HOST:PORT/PATH [--body FILE] [--rate R | --connections C] [flags]
       tenon bench URL [--body FILE] --find-capacity --slo p99=50ms [flags]
       tenon bench --compare A.json B.json

Loads a server and says how long answers took. With --rate requests are sent when they are due,
whether or not the server keeps up, and times count from then: a stall shows in all the requests
that it delayed. A failed request counts as slower than any other. Where this program itself was too
slow it says so and gives no figure.

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon bench http://127.0.0.1:8080/invocations --body request.json --rate 500

Exit status: 0 when there are figures and some request succeeded, 1 when not, 2 for wrong usage.
)";

const subcommand::Manual& TheManual() {
  static const subcommand::Manual manual{
      .name = "bench", .text = kText, .flags = BenchFlags(), .example = kExample};
  return manual;
}

int Refuse(const Error& error, int status) {
  return subcommand::Refuse(TheManual(), error, status);
}

// One line that is drawn over and over; only on a terminal.
void ShowProgress(const Progress& progress) {
  const std::string line =
      fmt::format("\r\x1b[K{:.0f} of {:.0f} s{}: {} answered, {} failed, {} in flight, {} waiting",
                  progress.elapsed_s, progress.total_s, progress.is_warming_up ? " (warm-up)" : "",
                  progress.completed, progress.failed, progress.in_flight, progress.waiting);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void ClearProgress() { std::fputs("\r\x1b[K", stderr); }

Result<RunResult> ReadResultFile(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return text.Error();
  auto result = ReadResult(*text);
  if (result) return result;
  std::string detail = "'" + path.string() + "' is no result of --json: " + result.Error().Detail();
  return Error(ErrorCode::kInvalid, std::move(detail));
}

int CompareFiles(const Options& options) {
  const auto a = ReadResultFile(options.compared[0]);
  if (!a) return Refuse(a.Error(), kFailed);
  const auto b = ReadResultFile(options.compared[1]);
  if (!b) return Refuse(b.Error(), kFailed);
  for (const auto* result : {&*a, &*b}) {
    if (!result->generator.was_bottleneck) continue;
    return Refuse(Error(ErrorCode::kInvalid,
                        "The generator was the bottleneck of one of them, so "
                        "there is nothing to compare."),
                  kFailed);
  }
  if (a->loop != b->loop || a->wanted_rate != b->wanted_rate || a->connections != b->connections) {
    std::fputs("tenon: note: the two were loaded differently.\n", stderr);
  }
  Print(
      fmt::format("A  {}\nB  {}\n\n", options.compared[0].string(), options.compared[1].string()) +
      ToText(Compare(*a, *b)));
  return kDone;
}

Result<RunResult> Measure(Options& options) {
  const bool is_live = isatty(STDERR_FILENO) == 1;
  if (is_live) options.plan.show = &ShowProgress;
  if (options.slo) {
    auto result = FindCapacity(options, [is_live](const Trial& trial) {
      if (!is_live) return;
      ClearProgress();
      std::fprintf(stderr, "%.6g/s %s\n", trial.rate, trial.held ? "holds" : trial.why.c_str());
    });
    if (is_live) ClearProgress();
    return result;
  }
  const auto outcome = RunLoad(options.plan);
  if (is_live) ClearProgress();
  if (!outcome) return outcome.Error();
  return Summarize(options, *outcome);
}

int Main(const app::CommandLine& line) {
  auto options = ReadOptions(line);
  if (!options) return Refuse(options.Error(), kUsage);
  if (!options->compared.empty()) return CompareFiles(*options);
  auto address = Resolve(options->url);
  if (!address) return Refuse(address.Error(), kFailed);
  options->plan.address = *address;
  const auto result = Measure(*options);
  if (!result) return Refuse(result.Error(), kFailed);
  Print(ToText(*result));
  bool written = true;
  if (options->json) written = WriteReport(*options->json, ToJson(*result));
  if (options->html) written = WriteReport(*options->html, ToHtml(*result)) && written;
  const bool has_capacity = result->capacity && result->capacity->rate;
  const bool is_good =
      options->slo ? has_capacity : result->rate && result->failed < result->requests;
  return written && is_good ? kDone : kFailed;
}

}  // namespace
}  // namespace tenon::bench

int main(int argc, char** argv) {
  return tenon::subcommand::Run(tenon::bench::TheManual(), argc, argv, tenon::bench::Main);
}
