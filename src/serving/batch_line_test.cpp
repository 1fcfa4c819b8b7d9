// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace tenon::serving {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct TestItem : BatchLine::Item {
  explicit TestItem(int i) : id(i) {}
  int id;
  int priority = 3;
};

// A line with its items and a time of its own.
class Line {
 public:
  explicit Line(BatchOptions options, BatchKind kind = {}) : line(std::move(options), kind) {}

  TestItem& Add(std::optional<Duration> budget = std::nullopt, int priority = 3,
                ItemShape shape = {}) {
    TestItem& item = items.emplace_back(static_cast<int>(items.size()));
    item.priority = priority;
    line.Add(item, now, budget ? Deadline::After(now, *budget) : Deadline::Never(), priority,
             shape);
    return item;
  }
  void AddShaped(ItemShape shape) { Add(std::nullopt, 3, shape); }
  // Runs what is due, for `time`; gives the items that ran.
  std::vector<int> Run(Duration time = microseconds(100)) {
    std::vector<int> ids;
    const BatchDecision decision = line.Next(now);
    if (decision.action != BatchAction::kRun) return ids;
    std::vector<BatchLine::Item*> run;
    line.Take(decision, now, run, late);
    std::size_t size = 0;
    for (BatchLine::Item* item : run) {
      ids.push_back(static_cast<TestItem*>(item)->id);
      size += item->Size();
    }
    if (run.empty()) return ids;
    now += time;
    line.EndRun(size, time, now);
    return ids;
  }
  // So many runs of each size, for the learner.
  void Teach(std::size_t size, Duration time) {
    for (int i = 0; i < 5; ++i) {
      for (std::size_t n = 0; n < size; ++n) Add();
      while (line.Counts().waiting > 0) Run(time);
    }
  }

  TimePoint now = TimePoint() + std::chrono::hours(1);
  BatchLine line;
  std::deque<TestItem> items;
  std::vector<BatchLine::Item*> late;
};

TEST(BatchLine, RunsTheEarliestDeadlineFirstAndEqualOnesInTheOrderOfArrival) {
  Line line({.max_batch_size = 8});
  line.Add(milliseconds(500));
  line.Add();  // Counts as a second.
  line.Add(milliseconds(100));
  line.Add(seconds(60));  // As well.
  line.Add(milliseconds(500));
  EXPECT_EQ(line.Run(), (std::vector<int>{2, 0, 4, 1, 3}));
}

TEST(BatchLine, RunsUrgentItemsFirstButNoneWaitsForEver) {
  Line line({.max_batch_size = 1});
  line.Add(std::nullopt, 7);
  line.Add(std::nullopt, 3);
  line.Add(std::nullopt, 0);
  EXPECT_EQ(line.Run(), (std::vector<int>{2}));
  EXPECT_EQ(line.Run(), (std::vector<int>{1}));
  // Urgent ones keep coming; after seven steps of age the first one is as urgent.
  std::size_t runs = 0;
  for (;;) {
    line.Add(std::nullopt, 0);
    if (line.Run(milliseconds(100)).front() == 0) break;
    ASSERT_LT(++runs, 71U) << "starved";
  }
  EXPECT_GT(runs, 60U);
}

TEST(BatchLine, LetsItemsLeaveFromAnyPlace) {
  Line line({.max_batch_size = 8});
  for (int i = 0; i < 6; ++i) line.Add();
  for (const std::size_t i : {0U, 3U, 5U}) EXPECT_TRUE(line.line.Remove(line.items[i]));
  EXPECT_FALSE(line.line.Remove(line.items[3]));
  EXPECT_EQ(line.Run(), (std::vector<int>{1, 2, 4}));
  EXPECT_EQ(line.line.Counts().stopped, 3U);
}

TEST(BatchLine, StartsNothingThatCannotEndInTime) {
  Line line({.max_batch_size = 4});
  line.Teach(1, milliseconds(10));
  const int first = static_cast<int>(line.items.size());
  line.Add(milliseconds(11));
  line.Add(milliseconds(12));
  line.Add();
  EXPECT_EQ(line.Run(), (std::vector<int>{first + 1, first + 2}));
  ASSERT_EQ(line.late.size(), 1U);
  EXPECT_EQ(static_cast<TestItem*>(line.late[0])->id, first);
  EXPECT_EQ(line.line.Counts().hopeless, 1U);
}

TEST(BatchLine, TriesAHopelessItemNowAndThenSinceModelsGetFasterAgain) {
  Line line({.max_batch_size = 4});
  line.Teach(1, milliseconds(100));
  std::size_t ran = 0;
  for (int i = 0; i < 320; ++i) {
    line.Add(milliseconds(50));
    ran += line.Run(milliseconds(1)).size();
  }
  EXPECT_GT(ran, 100U) << "a slow start was never forgotten";
}

TEST(BatchLine, CutsABatchToWhatItsFirstItemCanWait) {
  Line line({.max_batch_size = 64});
  line.Teach(1, milliseconds(10));
  line.Teach(8, milliseconds(80));
  line.Add(milliseconds(25));
  for (int i = 0; i < 7; ++i) line.Add();
  EXPECT_LE(line.Run(milliseconds(20)).size(), 2U);
  EXPECT_EQ(line.line.Counts().causes[static_cast<std::size_t>(BatchCause::kDeadline)], 1U);
}

TEST(BatchLine, KeepsRunsWithinHalfOfTheTarget) {
  Line line({.target_latency = milliseconds(20)});
  // 1 ms and 0.1 ms for each item: without a target all 1,024 would go together.
  for (int i = 0; i < 3000; ++i) {
    while (line.line.Counts().waiting < 512) line.Add();
    const std::size_t waits = line.line.Counts().items;
    const BatchDecision decision = line.line.Next(line.now);
    std::vector<BatchLine::Item*> run;
    line.line.Take(decision, line.now, run, line.late);
    ASSERT_GT(line.line.Counts().items, waits);
    const Duration time = milliseconds(1) + microseconds(100) * run.size();
    line.now += time;
    line.line.EndRun(run.size(), time, line.now);
    if (i > 500) EXPECT_LE(time, milliseconds(13));
  }
  EXPECT_GE(line.line.Counts().limit, 48U);
}

TEST(BatchLine, ObeysTheSizeThatIsSet) {
  Line line({.max_batch_size = 3});
  line.Teach(8, milliseconds(1));
  EXPECT_EQ(line.line.Counts().limit, 3U);
  for (int i = 0; i < 8; ++i) line.Add();
  EXPECT_EQ(line.Run().size(), 3U);
  EXPECT_EQ(line.Run().size(), 3U);
  EXPECT_EQ(line.Run().size(), 2U);
}

TEST(BatchLine, CountsItemsByTheirSize) {
  Line line({.max_batch_size = 10}, {.unit = BatchUnit::kSizes});
  for (const std::size_t size : {4U, 5U, 2U, 10U, 0U}) line.AddShaped({.size = size});
  // The third does not fit beside the first two, so it begins the next run, in its place.
  EXPECT_EQ(line.Run(), (std::vector<int>{0, 1}));
  EXPECT_EQ(line.Run(), (std::vector<int>{2}));
  EXPECT_EQ(line.Run(), (std::vector<int>{3}));
  EXPECT_EQ(line.Run(), (std::vector<int>{4}));
  EXPECT_EQ(line.line.Counts().items, 5U);
  EXPECT_EQ(line.line.Counts().sizes, 22U);
}

TEST(BatchLine, LearnsWhatSizesCost) {
  // 200 µs and 1 µs for each token; texts of 300 to 900 tokens.
  Line line({}, {.unit = BatchUnit::kSizes});
  std::mt19937 random(3);
  for (int i = 0; i < 2'000; ++i) {
    while (line.line.Counts().waiting < 100) line.AddShaped({.size = 300 + random() % 600});
    const std::size_t before = line.line.Counts().sizes;
    const BatchDecision decision = line.line.Next(line.now);
    std::vector<BatchLine::Item*> run;
    line.line.Take(decision, line.now, run, line.late);
    const std::size_t size = line.line.Counts().sizes - before;
    const Duration time = microseconds(200) + microseconds(size);
    line.now += time;
    line.line.EndRun(size, time, line.now);
  }
  // Where the fixed part is a twentieth of the rest, tokens are nearly as cheap as they get.
  EXPECT_GE(line.line.Counts().limit, 2'000U);
  EXPECT_GE(line.line.Counts().sizes / line.line.Counts().runs, 2'000U);
}

TEST(BatchLine, RunsAnItemAloneThatIsLargerThanWhatPays) {
  Line line({}, {.unit = BatchUnit::kSizes});
  // Dearer together: it settles at single items.
  for (int i = 0; i < 400; ++i) {
    line.AddShaped({.size = 100});
    line.AddShaped({.size = 100});
    const std::size_t before = line.line.Counts().sizes;
    const auto ran = line.Run(microseconds(100));
    if (line.line.Counts().sizes - before > 100) continue;
    ASSERT_EQ(ran.size(), 1U);
  }
  while (line.line.Counts().waiting > 0) line.Run();
  line.AddShaped({.size = 50'000});
  EXPECT_EQ(line.Run().size(), 1U);
}

TEST(BatchLine, NeverPutsItemsOfDifferentKeysTogether) {
  Line line({.max_batch_size = 8});
  for (const std::uint64_t key : {7U, 9U, 7U, 0U, 9U}) line.AddShaped({.key = key});
  EXPECT_EQ(line.Run(), (std::vector<int>{0, 2}));
  EXPECT_EQ(line.Run(), (std::vector<int>{1, 4}));
  EXPECT_EQ(line.Run(), (std::vector<int>{3}));
}

TEST(BatchLine, RunsTheKeyThatIsDueWhileOthersWaitForCompany) {
  Line line({.max_batch_size = 2, .batch_wait_timeout = milliseconds(5)});
  line.AddShaped({.key = 1});
  line.now += milliseconds(1);
  line.AddShaped({.key = 2});
  EXPECT_EQ(line.line.Next(line.now).time, line.now + milliseconds(4));
  line.AddShaped({.key = 2});
  EXPECT_EQ(line.Run(), (std::vector<int>{1, 2}));
  line.now += milliseconds(4);
  EXPECT_EQ(line.Run(), (std::vector<int>{0}));
}

TEST(BatchLine, TakesSizesThatAreLiked) {
  struct Case {
    std::size_t waiting;
    bool pads;
    std::vector<std::size_t> runs;
  };
  const std::vector<Case> cases{
      {1, false, {1}},        {3, false, {2, 1}}, {5, false, {4, 1}}, {8, false, {8}},
      {20, false, {8, 8, 4}}, {3, true, {3}},     {5, true, {5}},     {20, true, {8, 8, 4}},
  };
  for (const Case& c : cases) {
    Line line({.preferred_sizes = {2, 4, 8}}, {.pads = c.pads});
    line.Teach(1, milliseconds(1));
    for (std::size_t n = 1; n <= 8; n *= 2) {
      for (int i = 0; i < 40; ++i) {
        for (std::size_t k = 0; k < n; ++k) line.Add();
        while (line.line.Counts().waiting > 0) line.Run(milliseconds(1));
      }
    }
    for (std::size_t i = 0; i < c.waiting; ++i) line.Add();
    std::vector<std::size_t> runs;
    while (line.line.Counts().waiting > 0) runs.push_back(line.Run(milliseconds(1)).size());
    EXPECT_EQ(runs, c.runs) << c.waiting << (c.pads ? " with padding" : "");
  }
  EXPECT_EQ(PaddedSize(std::vector<std::size_t>{2, 4, 8}, 3), 4U);
  EXPECT_EQ(PaddedSize(std::vector<std::size_t>{2, 4, 8}, 9), 9U);
}

TEST(BatchLine, SaysWhichWaitWasForNothing) {
  Line line({.max_batch_size = 4, .batch_wait_timeout = milliseconds(5)});
  line.Add();
  line.now += milliseconds(2);
  line.Add();
  line.now += milliseconds(3);
  EXPECT_EQ(line.Run().size(), 2U);
  EXPECT_EQ(line.line.Report().wasted_wait, milliseconds(3));
}

TEST(BatchLine, DoesNotTrySizesThatTakeLongerThanItemsHave) {
  // 2 ms each, with noise; each item has 200 ms, and more come than can be served.
  Line line({});
  std::mt19937 random(5);
  std::lognormal_distribution<double> noise(0, 0.05);
  std::size_t most = 0;
  for (int i = 0; i < 3'000; ++i) {
    while (line.line.Counts().waiting < 200) line.Add(milliseconds(200));
    const std::size_t waiting = line.line.Counts().items;
    std::vector<BatchLine::Item*> run;
    line.line.Take(line.line.Next(line.now), line.now, run, line.late);
    if (run.empty()) continue;
    most = std::max(most, line.line.Counts().items - waiting);
    const auto time = std::chrono::duration_cast<Duration>(
        microseconds(2'000) * (static_cast<double>(run.size()) * noise(random)));
    line.now += time;
    line.line.EndRun(run.size(), time, line.now);
  }
  EXPECT_LE(most, 50U);
}

TEST(BatchLine, ExplainsItself) {
  Line line({});
  line.Teach(4, milliseconds(2));
  const BatchReport report = line.line.Report();
  EXPECT_EQ(report.counts.items, 20U);
  EXPECT_FALSE(report.curve.empty());
  EXPECT_EQ(report.curve[0].size, 1U);
  EXPECT_DOUBLE_EQ(report.curve[0].item_cost_ns, 2e6);
  std::uint64_t runs = 0;
  for (const std::uint64_t count : report.runs.counts) runs += count;
  EXPECT_EQ(runs, report.counts.runs);
  std::uint64_t waits = 0;
  for (const std::uint64_t count : report.waits.counts) waits += count;
  EXPECT_EQ(waits, report.counts.items);
}

TEST(TimeHistogram, PutsEachTimeIntoItsBucket) {
  for (std::size_t bucket = 0; bucket + 1 < TimeHistogram::kBuckets; ++bucket) {
    TimeHistogram histogram;
    histogram.Record(TimeHistogram::UpperBound(bucket) - microseconds(1));
    EXPECT_EQ(histogram.counts[bucket], 1U) << bucket;
    histogram.Record(TimeHistogram::UpperBound(bucket));
    EXPECT_EQ(histogram.counts[bucket + 1], 1U) << bucket;
  }
}

// Random schedules: items come, leave and expire while runs begin and end, all at moments that a
// seed decides. What must hold is checked after each step.
class RandomSchedule {
 public:
  // With more than one key, items have sizes as well.
  RandomSchedule(unsigned seed, const BatchOptions& options, unsigned keys)
      : random_(seed),
        options_(options),
        keys_(keys),
        line_(options, {.unit = keys > 1 ? BatchUnit::kSizes : BatchUnit::kItems}) {}

  void Step() {
    switch (random_() % 8) {
      case 0:
      case 1:
      case 2: Arrive(); break;
      case 3:
      case 4: EndOneRun(); break;
      case 5: RemoveOne(); break;
      default: now_ += microseconds(random_() % 4000); break;
    }
    StartRuns();
  }
  // Lets everything end: each item must have done exactly one of three things.
  void End() {
    for (int rounds = 0; line_.Counts().waiting + under_way_.size() > 0; ++rounds) {
      ASSERT_LT(rounds, 100'000) << "no progress";
      now_ += milliseconds(1);
      if (!under_way_.empty()) EndOneRun();
      StartRuns();
    }
    EXPECT_EQ(ran_ + late_ + left_, items_.size());
    EXPECT_EQ(line_.Counts().items, ran_);
    EXPECT_EQ(line_.Counts().stopped, late_ + left_);
  }
  std::size_t Ran() const { return ran_; }
  std::size_t Late() const { return late_; }

 private:
  struct State : BatchLine::Item {
    bool ended = false;
  };
  struct UnderWay {
    TimePoint begun;
    std::size_t count;
  };

  void Arrive() {
    for (std::size_t n = random_() % 6; n > 0; --n) {
      State& item = items_.emplace_back();
      const Deadline deadline = random_() % 2 == 0
                                    ? Deadline::After(now_, microseconds(random_() % 30'000))
                                    : Deadline::Never();
      const ItemShape shape{
          .size = keys_ > 1 ? 1 + random_() % options_.max_batch_size.value_or(50) : 1,
          .key = random_() % keys_};
      line_.Add(item, now_, deadline, static_cast<int>(random_() % 8), shape);
    }
  }
  void EndOneRun() {
    if (under_way_.empty()) return;
    const std::size_t index = random_() % under_way_.size();
    const UnderWay run = under_way_[index];
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
    line_.EndRun(run.count, now_ - run.begun, now_);
  }
  void RemoveOne() {
    if (items_.empty()) return;
    State& item = items_[items_.size() - 1 - random_() % std::min<std::size_t>(items_.size(), 40)];
    const bool waited = item.Waits();
    ASSERT_EQ(line_.Remove(item), waited);
    if (waited) {
      item.ended = true;
      ++left_;
    }
  }
  void StartRuns() {
    for (;;) {
      const BatchDecision decision = line_.Next(now_);
      if (decision.action == BatchAction::kWaitUntil) {
        ASSERT_GT(decision.time, now_) << "waits for what is over";
        return;
      }
      if (decision.action == BatchAction::kWait) {
        ASSERT_TRUE(line_.Counts().waiting == 0 ||
                    under_way_.size() == options_.max_concurrent_batches)
            << "somebody waits beside a free permit";
        return;
      }
      std::vector<BatchLine::Item*> run;
      std::vector<BatchLine::Item*> late;
      line_.Take(decision, now_, run, late);
      std::size_t size = 0;
      for (const BatchLine::Item* item : run) {
        size += item->Size();
        ASSERT_EQ(item->Key(), run[0]->Key()) << "unlike items met";
      }
      ASSERT_LE(size, options_.max_batch_size.value_or(kLargestLearnedSize));
      ASSERT_FALSE(run.empty() && late.empty()) << "a decision without effect";
      for (BatchLine::Item* item : run) {
        ASSERT_FALSE(item->Deadline().Passed(now_)) << "ran after its deadline";
        Finish(*item);
        ++ran_;
      }
      for (BatchLine::Item* item : late) {
        ASSERT_FALSE(item->Deadline().IsNever()) << "late without a deadline";
        Finish(*item);
        ++late_;
      }
      if (!run.empty()) under_way_.push_back({now_, size});
      ASSERT_LE(under_way_.size(), options_.max_concurrent_batches);
      ASSERT_EQ(under_way_.size(), line_.Counts().running);
    }
  }
  static void Finish(BatchLine::Item& item) {
    auto& state = static_cast<State&>(item);
    ASSERT_FALSE(state.ended) << "an item ended twice";
    ASSERT_FALSE(state.Waits());
    state.ended = true;
  }

  std::mt19937 random_;
  const BatchOptions options_;
  const unsigned keys_;
  TimePoint now_ = TimePoint() + std::chrono::hours(1);
  std::deque<State> items_;  // Before the line, whose items they are.
  BatchLine line_;
  std::vector<UnderWay> under_way_;
  std::size_t ran_ = 0;
  std::size_t late_ = 0;
  std::size_t left_ = 0;
};

TEST(BatchLineProperty, HoldsUnderAMillionRandomSteps) {
  std::size_t ran = 0;
  std::size_t late = 0;
  for (unsigned seed = 0; seed < 250; ++seed) {
    SCOPED_TRACE(seed);
    BatchOptions options{.max_concurrent_batches = 1 + seed % 3};
    if (seed % 2 == 0) options.max_batch_size = 1 + seed % 9;
    if (seed % 3 == 0) options.batch_wait_timeout = microseconds(seed % 5 * 1000);
    if (seed % 5 == 0) options.target_latency = milliseconds(1 + seed % 20);
    RandomSchedule schedule(seed, options, seed % 4 == 1 ? 1 + seed % 7 : 1);
    for (int step = 0; step < 4'000; ++step) schedule.Step();
    schedule.End();
    if (::testing::Test::HasFailure()) return;
    ran += schedule.Ran();
    late += schedule.Late();
  }
  // Otherwise the schedules test nothing.
  EXPECT_GT(ran, 100'000U);
  EXPECT_GT(late, 10'000U);
}

}  // namespace
}  // namespace tenon::serving
