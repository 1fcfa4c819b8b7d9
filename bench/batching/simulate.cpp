// SPDX-License-Identifier: Apache-2.0
// Batching in a simulation: the real policy code, and the rules of others, over cost curves and
// arrivals, without threads.
//
//   batching_simulate [FOLDER [SECONDS]]       a table, and a plot of each curve in the folder
//   batching_simulate --reproduce FIXED_US EACH_US RATE SECONDS
//
// Load is a share of what the best fixed size can do; each item has 200 ms.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plot.hpp"
#include "rules.hpp"

namespace simulation {
namespace {

using tenon::Duration;
using tenon::TimePoint;

constexpr double kBudgetMs = 200;

// What a run of so many items takes, in microseconds; `at`: how far the simulation is, from 0 to 1,
// `luck`: anything from 0 to 1.
using Cost = std::function<double(double count, double at, double luck)>;
struct Curve {
  std::string name;
  Cost cost;
};

// Shapes that were measured for small networks, trees, convolutions and transformers; a knee; one
// run in twenty that takes five times as long; a model that gets twice as slow on the way.
const std::vector<Curve>& Curves() {
  static const std::vector<Curve> curves{
      {"mlp", [](double n, double, double) { return 80 + 4 * n; }},
      {"tree", [](double n, double, double) { return 20 + 3 * n; }},
      {"convolution", [](double n, double, double) { return 2000 * n; }},
      {"transformer", [](double n, double, double) { return 900 * std::pow(n, 1.1); }},
      {"knee",
       [](double n, double, double) { return 500 + 10 * n + (n > 16 ? 80 * (n - 16) : 0); }},
      {"bimodal",
       [](double n, double, double luck) { return (400 + 20 * n) * (luck < 0.05 ? 5 : 1); }},
      {"drifting", [](double n, double at, double) { return (400 + 20 * n) * (at > 0.5 ? 2 : 1); }},
  };
  return curves;
}

// How many times the mean rate items come at that moment, in seconds.
using Trace = double (*)(double second);
struct TraceKind {
  std::string name;
  Trace trace;
};
const std::vector<TraceKind>& Traces() {
  static const std::vector<TraceKind> traces{
      {"poisson", [](double) { return 1.0; }},
      // A tenth of the time brings half of the items.
      {"bursty", [](double second) { return std::fmod(second, 0.2) < 0.02 ? 5.0 : 5.0 / 9; }},
      // A day that takes two seconds.
      {"diurnal", [](double second) { return 1 + 0.8 * std::sin(second * 3.14159265); }},
  };
  return traces;
}

const std::vector<RuleKind>& Rules() {
  static const std::vector<RuleKind> rules{
      {"tenon", [] { return MakeLine({}); }},
      {"off", [] { return MakeLine({.max_batch_size = 1}); }},
      {"ray", [] { return MakeRay(); }},
      {"bentoml", [] { return MakeBentoMl(); }},
  };
  return rules;
}

struct Outcome {
  double goodput = 0;  // Items in time for each second.
  double throughput = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double mean_batch = 0;
};

Duration Microseconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::micro>(count));
}
double Milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double Percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto nth = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::nth_element(values.begin(), values.begin() + nth, values.end());
  return values[static_cast<std::size_t>(nth)];
}

Outcome Simulate(const Cost& cost, Rule& rule, Trace trace, double rate, double seconds) {
  std::mt19937 arrivals(1);  // The same ones for every rule.
  std::mt19937 run_times(2);
  std::exponential_distribution<double> gap(rate);
  std::lognormal_distribution<double> noise(0, 0.05);
  std::uniform_real_distribution<double> luck(0, 1);
  const TimePoint begin = TimePoint() + std::chrono::hours(1);
  const TimePoint end = begin + Microseconds(seconds * 1e6);
  const auto next_gap = [&](TimePoint from) {
    return Microseconds(gap(arrivals) * 1e6 / trace(Milliseconds(from - begin) / 1e3));
  };
  std::deque<Item> items;
  std::vector<Item*> run;
  std::vector<double> times;
  std::size_t in_time = 0;
  std::size_t runs = 0;
  TimePoint next_arrival = begin + next_gap(begin);
  TimePoint run_began = begin;
  TimePoint run_end = TimePoint::max();
  TimePoint now = begin;
  while (now < end) {
    std::optional<TimePoint> again;
    if (run.empty()) {
      run = rule.Begin(now, again);
      if (!run.empty()) {
        ++runs;
        run_began = now;
        const double at = Milliseconds(now - begin) / 1e3 / seconds;
        run_end = now + Microseconds(cost(static_cast<double>(run.size()), at, luck(run_times)) *
                                     noise(run_times));
        again.reset();
      }
    }
    now = std::min({next_arrival, run_end, again.value_or(TimePoint::max())});
    if (now == run_end) {
      rule.End(run.size(), run_end - run_began, now);
      for (const Item* item : run) {
        times.push_back(Milliseconds(now - item->arrived));
        if (times.back() <= kBudgetMs) ++in_time;
      }
      run.clear();
      run_end = TimePoint::max();
    } else if (now == next_arrival) {
      items.emplace_back().arrived = now;
      rule.Add(items.back(), now, Microseconds(kBudgetMs * 1e3));
      next_arrival += next_gap(now);
    }
  }
  const double served = static_cast<double>(times.size());
  return {.goodput = static_cast<double>(in_time) / seconds,
          .throughput = served / seconds,
          .p50_ms = Percentile(times, 0.5),
          .p99_ms = Percentile(times, 0.99),
          .mean_batch = runs == 0 ? 0 : served / static_cast<double>(runs)};
}

double CapacityOf(const Cost& cost) {
  double capacity = 0;
  for (double n = 1; n <= 256; n *= 2) capacity = std::max(capacity, n / cost(n, 0, 1) * 1e6);
  return capacity;
}

// Goodput of each rule over the load, with Poisson arrivals.
void WritePlot(const Curve& curve, const std::filesystem::path& folder, double seconds) {
  const double capacity = CapacityOf(curve.cost);
  tenon::bench::Plot plot{.title = curve.name + ": answers in time, by offered load",
                          .y_unit = "/s",
                          .marks = {},
                          .lines = {}};
  for (const double load : {0.5, 1.0, 2.0, 3.0}) {
    plot.marks.push_back({.x = load, .text = fmt::format("{} x", load)});
  }
  for (const RuleKind& kind : Rules()) {
    tenon::bench::PlotLine line{.name = kind.name, .points = {}};
    for (const double load : {0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0}) {
      const auto rule = kind.make();
      line.points.push_back(
          {.x = load,
           .y = Simulate(curve.cost, *rule, Traces()[0].trace, capacity * load, seconds).goodput});
    }
    plot.lines.push_back(std::move(line));
  }
  std::string svg = tenon::bench::ToSvg(plot);
  // On its own, not in a page that has these.
  svg.insert(svg.find(' '), " xmlns=\"http://www.w3.org/2000/svg\"");
  svg.insert(svg.find('>') + 1,
             "\n<style>text{font:12px sans-serif}.grid{stroke:#ddd}</style>"
             "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
  std::ofstream(folder / (curve.name + ".svg")) << svg;
}

// The best of all fixed sizes, and which that is.
std::pair<Outcome, std::size_t> BestFixed(const Curve& curve, Trace trace, double rate,
                                          double seconds) {
  Outcome best;
  std::size_t best_size = 1;
  for (std::size_t size = 1; size <= 256; size *= 2) {
    const auto rule = MakeLine({.max_batch_size = size});
    const Outcome fixed = Simulate(curve.cost, *rule, trace, rate, seconds);
    if (fixed.goodput > best.goodput * 1.001) {
      best = fixed;
      best_size = size;
    }
  }
  return {best, best_size};
}

void PrintTable(double seconds) {
  fmt::print(
      "# batching, simulated\n\nAnswers in time of each rule, as a share of the best fixed size, "
      "and "
      "p50 and p99 in ms. Load is a share\nof what that size can do; each item has {:.0f} ms; {} s "
      "each. Written by `batching_simulate`.\n\n",
      kBudgetMs, seconds);
  fmt::print("| curve | arrivals | load | best fixed, in time/s |");
  for (const RuleKind& kind : Rules()) fmt::print(" {} |", kind.name);
  fmt::print("\n|---|---|---|---|");
  for (std::size_t i = 0; i < Rules().size(); ++i) fmt::print("---|");
  fmt::print("\n");
  for (const Curve& curve : Curves()) {
    const double capacity = CapacityOf(curve.cost);
    for (const TraceKind& trace : Traces()) {
      for (const double load : {0.5, 0.9, 2.0, 5.0}) {
        const auto [best, size] = BestFixed(curve, trace.trace, capacity * load, seconds);
        fmt::print("| {} | {} | {} | {:.0f} with {} ({:.1f}, {:.1f}) |", curve.name, trace.name,
                   load, best.goodput, size, best.p50_ms, best.p99_ms);
        for (const RuleKind& kind : Rules()) {
          const auto rule = kind.make();
          const Outcome outcome =
              Simulate(curve.cost, *rule, trace.trace, capacity * load, seconds);
          fmt::print(" {:.2f} ({:.1f}, {:.1f}) |", outcome.goodput / best.goodput, outcome.p50_ms,
                     outcome.p99_ms);
        }
        fmt::print("\n");
        std::fflush(stdout);
      }
    }
  }
}

int Main(int argc, char** argv) {
  if (argc == 6 && std::string_view(argv[1]) == "--reproduce") {
    const double fixed = std::atof(argv[2]);
    const double each = std::atof(argv[3]);
    const auto rule = MakeLine({});
    const Outcome outcome =
        Simulate([&](double n, double, double) { return fixed + each * n; }, *rule,
                 Traces()[0].trace, std::atof(argv[4]), std::atof(argv[5]));
    fmt::print("{{\"p50_ms\":{},\"p99_ms\":{},\"mean_batch\":{}}}\n", outcome.p50_ms,
               outcome.p99_ms, outcome.mean_batch);
    return 0;
  }
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
  if (argc > 3 || !(seconds > 0)) {
    fmt::print(stderr, "Usage: batching_simulate [FOLDER [SECONDS]]\n");
    return 2;
  }
  PrintTable(seconds);
  if (argc > 1) {
    std::filesystem::create_directories(argv[1]);
    for (const Curve& curve : Curves()) WritePlot(curve, argv[1], seconds);
  }
  return 0;
}

}  // namespace
}  // namespace simulation

int main(int argc, char** argv) { return simulation::Main(argc, argv); }
