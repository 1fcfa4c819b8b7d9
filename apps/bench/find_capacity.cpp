// SPDX-License-Identifier: Apache-2.0
#include "find_capacity.hpp"

#include <fmt/format.h>

#include <utility>

#include "load.hpp"
#include "summary.hpp"

namespace tenon::bench {
namespace {

constexpr double kLeastAnswered = 0.95;  // Of what was asked for: Poisson arrivals vary.
constexpr int kMostRepeats = 2;

std::optional<double> PercentileMs(const Recorder& recorder, double percent) {
  Histogram all;
  std::uint64_t failed = 0;
  for (const Recorder::BatchCounts& batch : recorder.Batches()) {
    all.Add(batch.latency);
    failed += batch.failed;
  }
  const auto value = all.Percentile(percent, failed);
  if (!value) return std::nullopt;
  return *value / 1e6;
}

}  // namespace

Trial Judge(const RunResult& result, const Slo& slo, std::optional<double> percentile_ms) {
  Trial trial{.rate = result.wanted_rate.value_or(0),
              .held = false,
              .percentile_ms = percentile_ms,
              .why = {}};
  const double due_rate = static_cast<double>(result.requests) / result.duration_s;
  if (!percentile_ms) {
    trial.why = fmt::format("{} of {} failed", result.failed, result.requests);
  } else if (*percentile_ms > slo.bound_ms) {
    trial.why = fmt::format("over {:.4g} ms", slo.bound_ms);
  } else if (result.generator.was_bottleneck) {
    trial.why = result.generator.why;
  } else if (result.rate.value_or(0) < kLeastAnswered * due_rate) {
    trial.why =
        fmt::format("{:.6g}/s came back in time of {:.6g}/s", result.rate.value_or(0), due_rate);
  } else {
    trial.held = true;
  }
  return trial;
}

Result<RunResult> FindCapacity(const Options& options,
                               const std::function<void(const Trial&)>& tell) {
  CapacitySearch search(options.plan.rate.value_or(100));
  Capacity capacity{.slo = options.slo_text, .rate = {}, .is_bounded = true, .trials = {}};
  RunResult best;
  Options trial_options = options;
  while (const auto rate = search.Next()) {
    trial_options.plan.rate = rate;
    auto outcome = RunLoad(trial_options.plan);
    if (!outcome) return outcome.Error();
    RunResult result = Summarize(trial_options, *outcome);
    // A trial that other work on this machine spoiled says nothing about the server.
    for (int again = 0; again < kMostRepeats && result.generator.was_bottleneck; ++again) {
      outcome = RunLoad(trial_options.plan);
      if (!outcome) return outcome.Error();
      result = Summarize(trial_options, *outcome);
    }
    const Trial trial =
        Judge(result, *options.slo, PercentileMs(outcome->recorder, options.slo->percent));
    tell(trial);
    const bool was_bottleneck = result.generator.was_bottleneck;
    if (trial.held || !search.Best()) best = std::move(result);
    capacity.trials.push_back(trial);
    search.Report(trial.held);
    // Beyond this rate only the generator would be measured.
    if (was_bottleneck) capacity.is_bounded = false;
  }
  // Where the server itself failed below the generator's limit, the bound is the server's.
  for (const Trial& trial : capacity.trials) {
    if (!trial.held && search.Best() && trial.rate <= *search.Best() * 1.06 &&
        trial.percentile_ms && *trial.percentile_ms > options.slo->bound_ms) {
      capacity.is_bounded = true;
    }
  }
  capacity.rate = search.Best();
  best.capacity = std::move(capacity);
  return best;
}

}  // namespace tenon::bench
