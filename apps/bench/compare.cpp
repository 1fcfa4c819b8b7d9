// SPDX-License-Identifier: Apache-2.0
#include "compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "random.hpp"

namespace tenon::bench {
namespace {

constexpr std::size_t kFewestBatches = 5;
constexpr std::size_t kSamples = 4'000;
constexpr double kTail = 0.025;
constexpr std::uint64_t kSeed = 1;

double Mean(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The mean of as many values, drawn with replacement.
double ResampledMean(std::span<const double> values, std::uint64_t& state) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[static_cast<std::size_t>(UniformBelowOne(state) *
                                           static_cast<double>(values.size()))];
  }
  return sum / static_cast<double>(values.size());
}

// A percentile interval of few batches is too narrow by about this factor.
double Widening(std::size_t a, std::size_t b) {
  const auto fewest = static_cast<double>(std::min(a, b));
  return std::sqrt(fewest / (fewest - 1));
}

struct Figure {
  std::string_view name;
  std::optional<double> (*of)(const Batch& batch);
};
constexpr Figure kFigures[] = {
    {"requests/s", [](const Batch& batch) { return std::optional(batch.rate); }},
    {"mean ms", [](const Batch& batch) { return batch.mean_ms; }},
    {"p50 ms", [](const Batch& batch) { return batch.p50_ms; }},
    {"p99 ms", [](const Batch& batch) { return batch.p99_ms; }},
};

std::vector<double> Values(const RunResult& result, const Figure& figure) {
  std::vector<double> values;
  for (const Batch& batch : result.batches) {
    if (const auto value = figure.of(batch)) values.push_back(*value);
  }
  return values;
}

}  // namespace

std::optional<Ratio> CompareBatches(std::span<const double> a, std::span<const double> b) {
  if (a.size() < kFewestBatches || b.size() < kFewestBatches) return std::nullopt;
  if (!(Mean(a) > 0) || !(Mean(b) > 0)) return std::nullopt;
  const double value = std::log(Mean(b) / Mean(a));
  std::uint64_t state = kSeed;
  std::vector<double> samples;
  samples.reserve(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double below = ResampledMean(a, state);
    const double above = ResampledMean(b, state);
    if (below > 0 && above > 0) samples.push_back(std::log(above / below));
  }
  if (samples.size() < kSamples / 2) return std::nullopt;
  std::sort(samples.begin(), samples.end());
  const auto at = [&samples](double share) {
    return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
  };
  const double widening = Widening(a.size(), b.size());
  return Ratio{.value = std::exp(value),
               .low = std::exp(value + (at(kTail) - value) * widening),
               .high = std::exp(value + (at(1 - kTail) - value) * widening)};
}

std::vector<Comparison> Compare(const RunResult& a, const RunResult& b) {
  std::vector<Comparison> comparisons;
  for (const Figure& figure : kFigures) {
    const auto of_a = Values(a, figure);
    const auto of_b = Values(b, figure);
    comparisons.push_back({.figure = std::string(figure.name),
                           .a = Mean(of_a),
                           .b = Mean(of_b),
                           .ratio = CompareBatches(of_a, of_b)});
  }
  return comparisons;
}

std::string ToText(std::span<const Comparison> comparisons) {
  std::string text = fmt::format("{:<12}{:>14}{:>14}{:>9}   {:<22}{}\n", "", "A", "B", "B / A",
                                 "95 % interval", "");
  for (const Comparison& one : comparisons) {
    text += fmt::format("{:<12}{:>14.4g}{:>14.4g}", one.figure, one.a, one.b);
    if (!one.ratio) {
      text += "          too few batches to say\n";
      continue;
    }
    text += fmt::format("{:>9.3f}   {:<22}{}\n", one.ratio->value,
                        fmt::format("{:.3f} to {:.3f}", one.ratio->low, one.ratio->high),
                        one.ratio->IsClear() ? "differs" : "no difference shown");
  }
  return text;
}

}  // namespace tenon::bench
