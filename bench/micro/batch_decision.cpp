// SPDX-License-Identifier: Apache-2.0
// What batching decides costs, with many items waiting.
//
//   batch_decision [items waiting, default 10000]
//
// The bar is 200 ns for a decision at 10,000 waiting. Each line is the median of nine runs.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <vector>

#include "tenon/serving/batch_line.hpp"

namespace {

using tenon::TimePoint;
using tenon::serving::BatchLine;

struct Item : BatchLine::Item {};

template <class F>
void Measure(const char* name, std::size_t times, F run) {
  std::array<double, 9> nanoseconds;
  for (double& each : nanoseconds) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const auto end = std::chrono::steady_clock::now();
    each =
        std::chrono::duration<double, std::nano>(end - begin).count() / static_cast<double>(times);
  }
  std::sort(nanoseconds.begin(), nanoseconds.end());
  std::printf("%-44s %9.1f ns\n", name, nanoseconds[4]);
}

}  // namespace

int main(int argc, char** argv) {
  const int wanted = argc > 1 ? std::atoi(argv[1]) : 10'000;
  if (wanted <= 0) {
    std::fprintf(stderr, "Usage: batch_decision [ITEMS]\n");
    return 2;
  }
  const auto count = static_cast<std::size_t>(wanted);
  TimePoint now = TimePoint() + std::chrono::hours(1);
  std::mt19937 random(1);
  std::deque<Item> items(count);
  BatchLine line({.target_latency = std::chrono::milliseconds(100)});
  std::vector<BatchLine::Item*> run;
  std::vector<BatchLine::Item*> late;
  const auto add_all = [&] {
    for (Item& item : items) {
      if (item.Waits()) continue;
      const auto budget = std::chrono::milliseconds(100'000 + random() % 1'000);
      line.Add(item, now, tenon::Deadline::After(now, budget), static_cast<int>(random() % 8));
    }
  };
  // Teaches it a curve, so that decisions have something to look at.
  for (int i = 0; i < 300; ++i) {
    add_all();
    run.clear();
    line.Take(line.Next(now), now, run, late);
    if (run.empty()) continue;
    const auto time = std::chrono::microseconds(80) + std::chrono::microseconds(4) * run.size();
    now += time;
    line.EndRun(run.size(), time, now);
  }
  add_all();

  constexpr std::size_t kDecisions = 100'000;
  std::size_t sum = 0;
  Measure("decision", kDecisions, [&] {
    for (std::size_t i = 0; i < kDecisions; ++i) sum += line.Next(now).count;
  });
  Measure("item in and out again, from any place", count, [&] {
    for (Item& item : items) line.Remove(item);
    add_all();
  });
  return sum == 0 ? 1 : 0;
}
