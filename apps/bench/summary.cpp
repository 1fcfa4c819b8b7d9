// SPDX-License-Identifier: Apache-2.0
#include "summary.hpp"

#include <algorithm>
#include <string>

#include "tenon/base/version.hpp"
#include "verdict.hpp"

namespace tenon::bench {
namespace {

constexpr double kNsPerMs = 1e6;

std::optional<double> Ms(std::optional<double> ns) {
  if (!ns) return std::nullopt;
  return *ns / kNsPerMs;
}

Percentiles PercentilesOf(const Histogram& histogram, std::uint64_t failed) {
  return {.p50_ms = Ms(histogram.Percentile(50, failed)),
          .p90_ms = Ms(histogram.Percentile(90, failed)),
          .p99_ms = Ms(histogram.Percentile(99, failed)),
          .p99_9_ms = Ms(histogram.Percentile(99.9, failed)),
          .p99_99_ms = Ms(histogram.Percentile(99.99, failed)),
          .max_ms = static_cast<double>(histogram.Largest()) / kNsPerMs,
          .mean_ms = histogram.Mean() / kNsPerMs};
}

// Ten points a power of ten towards 100 %, as far as there are requests to tell.
std::vector<CurvePoint> CurveOf(const Histogram& histogram, std::uint64_t failed) {
  std::vector<CurvePoint> curve;
  const auto all = static_cast<double>(histogram.Count() + failed);
  double above = 1;
  while (above * all >= 1 && curve.size() < 80) {
    const double percent = 100 * (1 - above);
    if (const auto value = histogram.Percentile(percent, failed)) {
      curve.push_back({.percent = percent, .ms = *value / kNsPerMs});
    }
    above *= 0.794328234724;  // The tenth root of a tenth.
  }
  return curve;
}

std::vector<Batch> BatchesOf(const Recorder& recorder) {
  const double length_s = static_cast<double>(recorder.End() - recorder.Begin()) / 1e9 /
                          static_cast<double>(Recorder::kBatches);
  std::vector<Batch> batches;
  for (const Recorder::BatchCounts& counts : recorder.Batches()) {
    Batch& batch = batches.emplace_back();
    batch.due = counts.latency.Count() + counts.failed;
    batch.failed = counts.failed;
    batch.rate = static_cast<double>(counts.completed) / length_s;
    if (counts.latency.Count() == 0) continue;
    batch.p50_ms = Ms(counts.latency.Percentile(50, counts.failed));
    batch.p99_ms = Ms(counts.latency.Percentile(99, counts.failed));
    batch.mean_ms = counts.latency.Mean() / kNsPerMs;
  }
  return batches;
}

Generator GeneratorOf(const LoadOutcome& outcome, std::uint64_t requests) {
  const Histogram& lag = outcome.recorder.Lag();
  Generator generator;
  generator.cpu_s = outcome.cpu_s;
  generator.cores = outcome.wall_s > 0 ? outcome.cpu_s / outcome.wall_s : 0;
  generator.cpu_us_per_request =
      outcome.cpu_s * 1e6 / static_cast<double>(std::max<std::uint64_t>(requests, 1));
  generator.lag_p50_ms = Ms(lag.Percentile(50)).value_or(0);
  generator.lag_p99_ms = Ms(lag.Percentile(99)).value_or(0);
  generator.lag_max_ms = static_cast<double>(lag.Largest()) / kNsPerMs;
  return generator;
}

Streaming StreamingOf(const Recorder& recorder, std::uint64_t good, std::uint64_t failed,
                      double seconds) {
  const auto chunks = static_cast<double>(recorder.ChunkCount());
  // Whoever got no first byte waited longer than any.
  const std::uint64_t begun = recorder.FirstBytes().Count();
  const std::uint64_t all = good + failed;
  return {.first_byte = PercentilesOf(recorder.FirstBytes(), all > begun ? all - begun : 0),
          .gap = PercentilesOf(recorder.Gaps(), 0),
          .chunks_per_s = chunks / seconds,
          .chunks_per_answer = good == 0 ? 0 : chunks / static_cast<double>(good)};
}

}  // namespace

RunResult Summarize(const Options& options, const LoadOutcome& outcome) {
  const Plan& plan = options.plan;
  const Recorder& recorder = outcome.recorder;
  Histogram all;
  std::uint64_t failed = 0;
  std::uint64_t completed = 0;
  for (const Recorder::BatchCounts& batch : recorder.Batches()) {
    all.Add(batch.latency);
    failed += batch.failed;
    completed += batch.completed;
  }
  RunResult result;
  result.tenon = TENON_VERSION;
  result.url = options.url_text;
  result.loop = plan.rate ? "open" : "closed";
  if (plan.rate) result.arrivals = plan.arrivals == Arrivals::poisson ? "poisson" : "constant";
  result.wanted_rate = plan.rate;
  result.connections = plan.connections;
  result.pipeline = plan.pipeline;
  result.duration_s = static_cast<double>(plan.duration_ns) / 1e9;
  result.warmup_s = static_cast<double>(plan.warmup_ns) / 1e9;
  result.requests = all.Count() + failed;
  result.failed = failed;
  result.body_bytes = recorder.BodyBytes();
  for (const auto& [status, count] : recorder.Statuses())
    result.statuses.push_back({status, count});
  for (std::size_t i = 1; i < kCauseNames.size(); ++i) {
    const std::uint64_t count = recorder.Count(static_cast<Cause>(i));
    if (count > 0) result.errors.push_back({std::string(kCauseNames[i]), count});
  }
  result.generator = GeneratorOf(outcome, result.requests);
  const Percentiles percentiles = PercentilesOf(all, failed);
  result.generator.why = WhyBottleneck({.is_open_loop = plan.rate.has_value(),
                                        .cores = result.generator.cores,
                                        .lag_p99_ms = result.generator.lag_p99_ms,
                                        .latency_p99_ms = percentiles.p99_ms});
  result.generator.was_bottleneck = !result.generator.why.empty();
  if (result.generator.was_bottleneck) return result;
  result.rate = static_cast<double>(completed) / result.duration_s;
  result.latency = percentiles;
  if (plan.is_streaming) {
    result.streaming = StreamingOf(recorder, all.Count(), failed, result.duration_s);
  }
  result.curve = CurveOf(all, failed);
  result.batches = BatchesOf(recorder);
  return result;
}

}  // namespace tenon::bench
