// SPDX-License-Identifier: Apache-2.0
#include "result.hpp"

#include <fmt/format.h>

#include "tenon/schema/json.hpp"

namespace tenon::bench {
namespace {

std::string Milliseconds(std::optional<double> value) {
  return value ? fmt::format("{:.4g}", *value) : "failed";
}

std::string Line(std::string_view name, const std::string& value) {
  return fmt::format("  {:<14}{}\n", name, value);
}

std::string PercentileText(const Percentiles& of) {
  return fmt::format(
      "p50 {}   p90 {}   p99 {}   p99.9 {}   p99.99 {}   max {:.4g}   mean {:.4g} ms",
      Milliseconds(of.p50_ms), Milliseconds(of.p90_ms), Milliseconds(of.p99_ms),
      Milliseconds(of.p99_9_ms), Milliseconds(of.p99_99_ms), of.max_ms, of.mean_ms);
}

std::string LoopText(const RunResult& result) {
  if (result.wanted_rate) {
    return fmt::format("open loop, {:.6g} requests/s due, {} arrivals, at most {} connections",
                       *result.wanted_rate, result.arrivals, result.connections);
  }
  return fmt::format(
      "closed loop, {} connections: clients that wait, so a stall is counted once and not for all "
      "who would have come meanwhile",
      result.connections);
}

std::string CapacityText(const Capacity& capacity) {
  std::string text;
  for (const Trial& trial : capacity.trials) {
    text +=
        Line(trial.held ? "held" : "not held",
             fmt::format("{:>10.6g}/s  {}{}", trial.rate,
                         trial.percentile_ms ? fmt::format("{:.4g} ms", *trial.percentile_ms) : "",
                         trial.why.empty() ? "" : "  " + trial.why));
  }
  if (!capacity.rate)
    return text + Line("capacity", "no rate that was tried holds " + capacity.slo);
  return text + Line("capacity", fmt::format("{}{:.6g} requests/s with {}",
                                             capacity.is_bounded ? "" : "at least ", *capacity.rate,
                                             capacity.slo));
}

}  // namespace

std::string ToJson(const RunResult& result) { return schema::WriteJson(result) + "\n"; }

Result<RunResult> ReadResult(const std::string& json) { return schema::ReadJson<RunResult>(json); }

std::string ToText(const RunResult& result) {
  std::string text = fmt::format("{}\n", result.url);
  text +=
      Line("load",
           LoopText(result) +
               (result.pipeline > 1 ? fmt::format(", {} in flight on each", result.pipeline) : ""));
  text += Line("measured",
               fmt::format("{:.3g} s after {:.3g} s of warm-up; {} requests, {} failed",
                           result.duration_s, result.warmup_s, result.requests, result.failed));
  if (result.rate) text += Line("answered", fmt::format("{:.6g} requests/s", *result.rate));
  if (result.latency) {
    text +=
        Line(result.loop == "open" ? "since due" : "since sent", PercentileText(*result.latency));
  }
  if (result.streaming) {
    text += Line("first byte", PercentileText(result.streaming->first_byte));
    text += Line("between", PercentileText(result.streaming->gap));
    text +=
        Line("chunks", fmt::format("{:.6g} /s, {:.4g} an answer", result.streaming->chunks_per_s,
                                   result.streaming->chunks_per_answer));
  }
  for (const StatusCount& one : result.statuses) {
    text += Line("status", fmt::format("{}: {}", one.status, one.count));
  }
  for (const CauseCount& one : result.errors) {
    text += Line("failed by", fmt::format("{}: {}", one.cause, one.count));
  }
  const Generator& own = result.generator;
  text += Line(
      "generator",
      fmt::format("{:.2f} cores, {:.3g} us a request{}", own.cores, own.cpu_us_per_request,
                  result.wanted_rate ? fmt::format("; lag p50 {:.3g}, p99 {:.3g}, max {:.3g} ms",
                                                   own.lag_p50_ms, own.lag_p99_ms, own.lag_max_ms)
                                     : ""));
  if (own.was_bottleneck) {
    text += Line("NO FIGURES", "the generator was the bottleneck: " + own.why);
  }
  if (result.capacity) text += CapacityText(*result.capacity);
  return text;
}

}  // namespace tenon::bench
