// SPDX-License-Identifier: Apache-2.0
// Batching in a simulation: the real policy code over cost curves and arrivals, without threads.
//
//   simulate [seconds of each run, default 1]
//
// One line for each cost curve and load: what fixed sizes and the learned one reach. Load is a
// share of what the best fixed size can do; arrivals are Poisson; each item has 200 ms.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "tenon/serving/batch_line.hpp"

namespace {

using tenon::Duration;
using tenon::TimePoint;
using tenon::serving::BatchLine;

using Cost = std::function<double(double count)>;  // Microseconds of a run.

struct Curve {
  const char* name;
  Cost cost;
};

// Shapes that were measured for small networks, trees and convolutions, and one with a knee.
const std::vector<Curve>& Curves() {
  static const std::vector<Curve> curves{
      {"mlp", [](double n) { return 80 + 4 * n; }},
      {"tree", [](double n) { return 20 + 3 * n; }},
      {"convolution", [](double n) { return 2000 * n; }},
      {"transformer", [](double n) { return 900 * std::pow(n, 1.1); }},
      {"knee", [](double n) { return 500 + 10 * n + (n > 16 ? 80 * (n - 16) : 0); }},
  };
  return curves;
}

struct Item : BatchLine::Item {};

struct Outcome {
  double goodput = 0;  // Items in time for each second.
  double p50_ms = 0;
  double p99_ms = 0;
};

Duration Microseconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::micro>(count));
}

double Percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto nth = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::nth_element(values.begin(), values.begin() + nth, values.end());
  return values[static_cast<std::size_t>(nth)];
}

Outcome Simulate(const Curve& curve, std::optional<std::size_t> size, double rate, double seconds) {
  constexpr auto kBudget = std::chrono::milliseconds(200);
  std::mt19937 random(1);  // Of arrivals: the same ones for every size.
  std::mt19937 run_times(2);
  std::exponential_distribution<double> gap(rate);
  std::lognormal_distribution<double> noise(0, 0.05);
  std::deque<Item> items;
  BatchLine line({.max_batch_size = size});
  const TimePoint begin = TimePoint() + std::chrono::hours(1);
  const TimePoint end = begin + Microseconds(seconds * 1e6);
  TimePoint next_arrival = begin;
  TimePoint now = begin;
  std::vector<BatchLine::Item*> run;
  std::vector<BatchLine::Item*> late;
  std::vector<double> times;
  std::size_t in_time = 0;
  while (now < end) {
    const auto decision = line.Next(now);
    if (decision.action == tenon::serving::BatchAction::kRun) {
      run.clear();
      line.Take(decision, now, run, late);
      if (run.empty()) continue;
      const Duration took =
          Microseconds(curve.cost(static_cast<double>(run.size())) * noise(run_times));
      const TimePoint ended = now + took;
      for (; next_arrival < ended; next_arrival += Microseconds(gap(random) * 1e6)) {
        line.Add(items.emplace_back(), next_arrival, tenon::Deadline::After(next_arrival, kBudget),
                 3);
      }
      now = ended;
      line.EndRun(run.size(), took, now);
      for (const BatchLine::Item* item : run) {
        times.push_back(std::chrono::duration<double, std::milli>(now - item->Enqueued()).count());
        if (now <= item->Deadline().Time()) ++in_time;
      }
      continue;
    }
    now = next_arrival;
    line.Add(items.emplace_back(), now, tenon::Deadline::After(now, kBudget), 3);
    next_arrival += Microseconds(gap(random) * 1e6);
  }
  return {.goodput = static_cast<double>(in_time) / seconds,
          .p50_ms = Percentile(times, 0.5),
          .p99_ms = Percentile(times, 0.99)};
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  if (!(seconds > 0)) {
    std::fprintf(stderr, "Usage: simulate [SECONDS]\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("%-12s %5s %10s %6s %10s %7s %8s %8s\n", "curve", "load", "best fixed", "size",
              "learned/s", "ratio", "p50 ms", "p99 ms");
  for (const Curve& curve : Curves()) {
    double capacity = 0;
    for (double n = 1; n <= 256; n *= 2) capacity = std::max(capacity, n / curve.cost(n) * 1e6);
    for (const double load : {0.5, 0.9, 2.0, 5.0}) {
      Outcome best;
      std::size_t best_size = 1;
      for (std::size_t size = 1; size <= 256; size *= 2) {
        const Outcome fixed = Simulate(curve, size, capacity * load, seconds);
        if (fixed.goodput > best.goodput * 1.001) {
          best = fixed;
          best_size = size;
        }
      }
      const Outcome learned = Simulate(curve, std::nullopt, capacity * load, seconds);
      std::printf("%-12s %5.1f %10.0f %6zu %10.0f %7.3f %8.2f %8.2f\n", curve.name, load,
                  best.goodput, best_size, learned.goodput, learned.goodput / best.goodput,
                  learned.p50_ms, learned.p99_ms);
    }
  }
  return 0;
}
