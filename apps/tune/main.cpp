// SPDX-License-Identifier: Apache-2.0
// `tenon tune`: explains what batching has learned.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fetch.hpp"
#include "picture.hpp"
#include "reading.hpp"
#include "report.hpp"
#include "subcommand.hpp"
#include "tenon/base/duration_text.hpp"

namespace tenon::tune {
namespace {

using subcommand::kDone;
using subcommand::kFailed;
using subcommand::kUsage;

constexpr std::array kFlags = {
    app::Flag{"--during", "TIME",
              "watch for so long, and count what happens in it (since the start)"},
    app::Flag{"--png", "FILE", "write the plots as a picture"},
};

constexpr const char* kText = R"(Usage: tenon tune http://HOST:PORT [flags]

Says what batching has learned and does on a server: what an item costs in runs of each size, how
many items a run may have, how long items waited and runs took, which wait was for nothing, and why
batches began. It reads /metrics, which the server has anyway; nothing is changed.

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon tune http://127.0.0.1:8080 --during 10s --png batching.png

Exit status: 0, 1 where the server does not answer or batches nothing, 2 for wrong usage.
)";

const subcommand::Manual& TheManual() {
  static const subcommand::Manual manual{
      .name = "tune", .text = kText, .flags = kFlags, .example = kExample};
  return manual;
}

int Refuse(const Error& error, int status) {
  return subcommand::Refuse(TheManual(), error, status);
}

struct Options {
  bench::Url url;
  std::optional<std::chrono::nanoseconds> during;
  std::optional<std::filesystem::path> png;
};

Result<Options> ReadOptions(const app::CommandLine& line) {
  constexpr long double kMostSeconds = 86'400;
  if (line.words.size() != 1) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("It takes one address, found {} words.", line.words.size()));
  }
  auto url = bench::ParseUrl(line.words[0]);
  if (!url) return std::move(url).Error();
  Options options{.url = *std::move(url), .during = {}, .png = {}};
  if (options.url.path == "/") options.url.path = "/metrics";
  if (const auto text = line.Value("--during")) {
    const auto seconds = ParseSeconds(*text);
    if (!seconds || *seconds <= 0 || *seconds > kMostSeconds) {
      return Error(ErrorCode::kInvalid, "--during says '" + std::string(*text) +
                                            "'; it takes a time like 10s, up to a day.");
    }
    options.during = std::chrono::nanoseconds(static_cast<std::int64_t>(*seconds * 1e9L));
  }
  if (const auto file = line.Value("--png")) options.png = *file;
  return options;
}

Result<std::vector<BatchFunction>> Look(const bench::Url& url) {
  const auto text = Fetch(url);
  if (!text) return text.Error();
  const auto samples = ParseMetrics(*text);
  if (!samples) {
    return Error(ErrorCode::kInvalid,
                 "What answers there are no metrics: " + samples.Error().Detail() + ".");
  }
  return ReadFunctions(*samples);
}

int Main(const app::CommandLine& line) {
  const auto options = ReadOptions(line);
  if (!options) return Refuse(options.Error(), kUsage);
  auto functions = Look(options->url);
  if (!functions) return Refuse(functions.Error(), kFailed);
  if (options->during) {
    std::this_thread::sleep_for(*options->during);
    auto later = Look(options->url);
    if (!later) return Refuse(later.Error(), kFailed);
    functions = Since(*functions, *std::move(later));
  }
  if (functions->empty()) {
    return Refuse(Error(ErrorCode::kNotFound,
                        "The server batches nothing: none of its deployments has a Batched member "
                        "or an Infer over a span, or another server answers there."),
                  kFailed);
  }
  subcommand::Print(ToText(*functions));
  const bool is_written =
      !options->png || subcommand::WriteReport(*options->png, ToPng(*functions));
  return is_written ? kDone : kFailed;
}

}  // namespace
}  // namespace tenon::tune

int main(int argc, char** argv) {
  return tenon::subcommand::Run(tenon::tune::TheManual(), argc, argv, tenon::tune::Main);
}
