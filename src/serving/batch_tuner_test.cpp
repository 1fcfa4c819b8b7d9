// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_tuner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace tenon::serving {
namespace {

using Cost = std::function<double(std::size_t count)>;  // Microseconds of a run.

Duration Microseconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::micro>(count));
}

// Runs with `waiting` items always there; returns microseconds for each item.
double Saturate(BatchTuner& tuner, const Cost& cost, std::size_t waiting, std::size_t runs) {
  double time = 0;
  std::size_t items = 0;
  for (std::size_t i = 0; i < runs; ++i) {
    const std::size_t count = tuner.Choose(waiting);
    EXPECT_GE(count, 1U);
    EXPECT_LE(count, waiting);
    const double run = cost(count);
    tuner.Observe(count, Microseconds(run));
    time += run;
    items += count;
  }
  return time / static_cast<double>(items);
}

double BestFixed(const Cost& cost, std::size_t waiting) {
  double best = cost(1);
  for (std::size_t n = 1; n <= waiting; ++n)
    best = std::min(best, cost(n) / static_cast<double>(n));
  return best;
}

struct Curve {
  std::string name;
  Cost cost;
  std::size_t at_least;
  std::size_t at_most;
};

// Shapes that were measured: small networks and trees gain, convolutions and transformers do not.
const std::vector<Curve>& Curves() {
  static const std::vector<Curve> curves{
      {"mlp", [](std::size_t n) { return 80 + 4.0 * static_cast<double>(n); }, 64, 1024},
      {"tree", [](std::size_t n) { return 20 + 3.0 * static_cast<double>(n); }, 48, 1024},
      // Fewer starts of a run, though its items get no cheaper.
      {"tiny", [](std::size_t n) { return 3.0 * static_cast<double>(n); }, 16, 1024},
      {"flat", [](std::size_t n) { return 2000.0 * static_cast<double>(n); }, 1, 1},
      {"worse", [](std::size_t n) { return 900 * std::pow(static_cast<double>(n), 1.1); }, 1, 1},
      {"knee",
       [](std::size_t n) {
         const auto count = static_cast<double>(n);
         return 500 + 10 * count + (n > 16 ? 80 * (count - 16) : 0);
       },
       12, 16},
      {"steps of eight",
       [](std::size_t n) { return 100 + 50 * std::ceil(static_cast<double>(n) / 8); }, 64, 1024},
  };
  return curves;
}

TEST(BatchTuner, FindsTheSizeThatPays) {
  for (const Curve& curve : Curves()) {
    BatchTuner tuner(1024);
    Saturate(tuner, curve.cost, 1024, 2'000);
    EXPECT_GE(tuner.Limit(), curve.at_least) << curve.name;
    EXPECT_LE(tuner.Limit(), curve.at_most) << curve.name;
    const double settled = Saturate(tuner, curve.cost, 1024, 2'000);
    EXPECT_LE(settled, BestFixed(curve.cost, 1024) * 1.07) << curve.name;
  }
}

TEST(BatchTuner, CostsLittleWhereBatchingDoesNotPay) {
  for (const char* name : {"flat", "worse"}) {
    const auto curve = std::find_if(Curves().begin(), Curves().end(),
                                    [&](const Curve& c) { return c.name == name; });
    BatchTuner tuner(1024);
    const double paid = Saturate(tuner, curve->cost, 64, 3'000);
    EXPECT_LE(paid, curve->cost(1) * 1.02) << name;
  }
}

TEST(BatchTuner, IsNotMovedByNoiseAndOutliers) {
  for (const Curve& curve : Curves()) {
    std::mt19937 random(7);
    std::lognormal_distribution<double> noise(0, 0.05);
    std::bernoulli_distribution is_outlier(0.02);
    const Cost noisy = [&](std::size_t n) {
      return curve.cost(n) * noise(random) * (is_outlier(random) ? 20 : 1);
    };
    BatchTuner tuner(256);
    Saturate(tuner, noisy, 256, 3'000);
    // Judged without noise: what it chose must be good, whatever it saw.
    const auto n = static_cast<double>(tuner.Limit());
    EXPECT_LE(curve.cost(tuner.Limit()) / n, BestFixed(curve.cost, 256) * 1.15) << curve.name;
  }
}

TEST(BatchTuner, StaysAtOneWhereNoiseIsAllThatSizesDifferBy) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::lognormal_distribution<double> noise(0, 0.05);
    const Cost flat = [&](std::size_t n) { return 2000 * static_cast<double>(n) * noise(random); };
    BatchTuner tuner(1024);
    Saturate(tuner, flat, 1024, 2'000);
    EXPECT_LE(tuner.Limit(), 3U) << seed;
    for (const BatchCostPoint& point : tuner.Curve()) EXPECT_LE(point.size, 24U) << seed;
  }
}

TEST(BatchTuner, ChoosesNothingThatTakesTooLong) {
  BatchTuner tuner(1024);
  const Cost gains = [](std::size_t n) { return 1000 + 100.0 * static_cast<double>(n); };
  for (int i = 0; i < 3'000; ++i) {
    const std::size_t count = tuner.Choose(1024, Microseconds(5'000));
    ASSERT_LE(gains(count), 5'000);
    tuner.Observe(count, Microseconds(gains(count)));
  }
  EXPECT_GE(tuner.Choose(1024, Microseconds(5'000)), 24U);
}

TEST(BatchTuner, LearnsAgainWhenTheModelChanges) {
  const Cost gains = [](std::size_t n) { return 200 + 2.0 * static_cast<double>(n); };
  const Cost flat = [](std::size_t n) { return 300.0 * static_cast<double>(n); };
  BatchTuner tuner(256);
  Saturate(tuner, gains, 256, 1'000);
  EXPECT_GE(tuner.Limit(), 64U);
  Saturate(tuner, flat, 256, 20'000);
  EXPECT_LE(tuner.Limit(), 2U);
  Saturate(tuner, gains, 256, 20'000);
  EXPECT_GE(tuner.Limit(), 64U);
}

TEST(BatchTuner, RunsWhatWaitsWhenThatIsLess) {
  BatchTuner tuner(256);
  const Cost gains = [](std::size_t n) { return 200 + 2.0 * static_cast<double>(n); };
  Saturate(tuner, gains, 256, 1'000);
  for (const std::size_t waiting : {std::size_t{1}, std::size_t{5}, std::size_t{17}}) {
    EXPECT_EQ(tuner.Choose(waiting), waiting);
  }
}

TEST(BatchTuner, ObeysTheLargestSize) {
  for (const std::size_t largest :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100}}) {
    BatchTuner tuner(largest);
    for (int i = 0; i < 1'000; ++i) {
      const std::size_t count = tuner.Choose(1'000);
      ASSERT_LE(count, largest);
      tuner.Observe(count, Microseconds(10));
    }
    EXPECT_EQ(tuner.Limit(), largest);
  }
}

TEST(BatchTuner, RemembersACurve) {
  const Cost gains = [](std::size_t n) { return 200 + 2.0 * static_cast<double>(n); };
  BatchTuner before(256);
  Saturate(before, gains, 256, 1'000);
  BatchTuner after(256);
  after.Restore(before.Curve());
  EXPECT_EQ(after.Limit(), before.Limit());
  EXPECT_EQ(after.Choose(256), before.Limit());
  BatchTuner smaller(8);
  smaller.Restore(before.Curve());
  EXPECT_LE(smaller.Limit(), 8U);
}

TEST(BatchTuner, ExpectsWhatRunsTook) {
  BatchTuner tuner(64);
  EXPECT_EQ(tuner.Expected(1), Duration::zero());
  EXPECT_EQ(tuner.Fits(Microseconds(1)), std::numeric_limits<std::size_t>::max());
  for (int i = 0; i < 5; ++i) {
    tuner.Observe(1, Microseconds(100));
    tuner.Observe(8, Microseconds(200));
    tuner.Observe(16, Microseconds(400));
  }
  struct Case {
    std::size_t count;
    double expected;
  };
  // Between two known sizes the smaller one counts, and beyond the largest known one nothing more.
  for (const Case& c : {Case{1, 100}, Case{4, 100}, Case{8, 200}, Case{9, 225}, Case{64, 400}}) {
    EXPECT_EQ(tuner.Expected(c.count), Microseconds(c.expected)) << c.count;
  }
  EXPECT_EQ(tuner.Fits(Microseconds(99)), 0U);
  EXPECT_EQ(tuner.Fits(Microseconds(150)), 1U);
  EXPECT_EQ(tuner.Fits(Microseconds(226)), 9U);
  EXPECT_EQ(tuner.Fits(Microseconds(300)), 11U);
  EXPECT_EQ(tuner.Fits(Microseconds(401)), std::numeric_limits<std::size_t>::max());
}

TEST(BatchTuner, CountsItsChanges) {
  BatchTuner tuner(64);
  EXPECT_EQ(tuner.Changes(), 0U);
  Saturate(tuner, [](std::size_t n) { return 200 + 2.0 * static_cast<double>(n); }, 64, 1'000);
  const auto settled = tuner.Changes();
  EXPECT_GT(settled, 0U);
  Saturate(tuner, [](std::size_t n) { return 200 + 2.0 * static_cast<double>(n); }, 64, 1'000);
  EXPECT_EQ(tuner.Changes(), settled);
}

}  // namespace
}  // namespace tenon::serving
