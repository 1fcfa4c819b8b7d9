// SPDX-License-Identifier: Apache-2.0
#include "rules.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

namespace simulation {
namespace {

using tenon::Duration;
using tenon::TimePoint;
using tenon::serving::BatchAction;
using tenon::serving::BatchLine;

class Line final : public Rule {
 public:
  explicit Line(tenon::BatchOptions options) : line_(std::move(options)) {}

  void Add(Item& item, TimePoint now, Duration budget) override {
    line_.Add(item, now, tenon::Deadline::After(now, budget), 3);
  }
  std::vector<Item*> Begin(TimePoint now, std::optional<TimePoint>& again) override {
    for (;;) {
      const auto decision = line_.Next(now);
      if (decision.action == BatchAction::kWaitUntil) again = decision.time;
      if (decision.action != BatchAction::kRun) return {};
      std::vector<BatchLine::Item*> run;
      line_.Take(decision, now, run, late_);
      late_.clear();
      if (run.empty()) continue;
      std::vector<Item*> items;
      for (BatchLine::Item* item : run) items.push_back(static_cast<Item*>(item));
      return items;
    }
  }
  void End(std::size_t items, Duration took, TimePoint now) override {
    line_.EndRun(items, took, now);
  }

 private:
  BatchLine line_;
  std::vector<BatchLine::Item*> late_;
};

// Ray Serve's `@serve.batch` with its defaults (python/ray/serve/batching.py of 2.55): ten items,
// or ten milliseconds after the first. A batch is closed then, whether or not it can run, and later
// items go into the next one.
class Ray final : public Rule {
 public:
  void Add(Item& item, TimePoint now, Duration) override {
    CloseWhatIsDue(now);
    if (open_.empty()) closes_ = now + kWait;
    open_.push_back(&item);
    item.arrived = now;
    if (open_.size() == kMost) Close();
  }
  std::vector<Item*> Begin(TimePoint now, std::optional<TimePoint>& again) override {
    CloseWhatIsDue(now);
    if (closed_.empty()) {
      if (!open_.empty()) again = closes_;
      return {};
    }
    std::vector<Item*> run = std::move(closed_.front());
    closed_.pop_front();
    return run;
  }
  void End(std::size_t, Duration, TimePoint) override {}

 private:
  static constexpr std::size_t kMost = 10;
  static constexpr std::chrono::milliseconds kWait{10};

  void Close() { closed_.push_back(std::exchange(open_, {})); }
  void CloseWhatIsDue(TimePoint now) {
    if (!open_.empty() && now >= closes_) Close();
  }

  std::vector<Item*> open_;
  std::deque<std::vector<Item*>> closed_;
  TimePoint closes_{};
};

// BentoML's dispatcher of 2023 (src/bentoml/_internal/marshal/dispatcher.py at 0053fc40ab), but for
// its training on the first six runs and for what it gives up after ten seconds: it looks once a
// millisecond while something runs or is worth waiting for, takes the newest first, and learns at
// most every five seconds from the latest fifty runs.
class BentoMl final : public Rule {
 public:
  void Add(Item& item, TimePoint now, Duration) override {
    item.arrived = now;
    waiting_.push_back(&item);
  }
  std::vector<Item*> Begin(TimePoint now, std::optional<TimePoint>& again) override {
    constexpr std::size_t kMost = 100;
    constexpr double kDecay = 0.95;
    if (waiting_.empty()) return {};
    if (now < next_look_) {
      again = next_look_;
      return {};
    }
    const double since_last = Seconds(now - waiting_.back()->arrived);
    const bool waits = waiting_.size() < kMost && static_cast<double>(waiting_.size()) *
                                                          (since_last + Seconds(kTick) + each_s_) <=
                                                      typical_wait_s_ * kDecay;
    if (waits) {
      again = next_look_ = now + kTick;
      return {};
    }
    std::vector<Item*> items;
    while (!waiting_.empty() && items.size() < kMost - 1) {
      items.push_back(waiting_.back());
      waiting_.pop_back();
    }
    latest_.wait_s = Seconds(now - items.back()->arrived);
    return items;
  }
  void End(std::size_t items, Duration took, TimePoint now) override {
    next_look_ = now - took + (took / kTick + 1) * kTick;
    latest_.items = static_cast<double>(items);
    latest_.took_s = Seconds(took);
    runs_.push_back(latest_);
    if (runs_.size() > kKept) runs_.pop_front();
    if (runs_.size() < kFirst || now >= next_lesson_) {
      Learn();
      next_lesson_ = now + std::chrono::seconds(5);
    }
  }

 private:
  struct Run {
    double items = 0;
    double took_s = 0;
    double wait_s = 0;
  };
  static constexpr std::chrono::milliseconds kTick{1};
  static constexpr std::size_t kKept = 50;
  static constexpr std::size_t kFirst = 4;

  static double Seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
  }

  // Least squares of what a run takes: a + b n.
  void Learn() {
    const auto n = static_cast<double>(runs_.size());
    double x = 0, y = 0, xx = 0, xy = 0, wait = 0;
    for (const Run& run : runs_) {
      x += run.items, y += run.took_s, wait += run.wait_s;
      xx += run.items * run.items, xy += run.items * run.took_s;
    }
    const double spread = n * xx - x * x;
    each_s_ = std::max(1e-6, spread > 0 ? (n * xy - x * y) / spread : x * y / (xx + n) / x);
    typical_wait_s_ = wait / n;
  }

  std::deque<Item*> waiting_;
  std::deque<Run> runs_;
  Run latest_;
  TimePoint next_look_{};
  TimePoint next_lesson_{};
  double each_s_ = 0;
  double typical_wait_s_ = 0.01;
};

}  // namespace

std::unique_ptr<Rule> MakeLine(tenon::BatchOptions options) {
  return std::make_unique<Line>(std::move(options));
}
std::unique_ptr<Rule> MakeRay() { return std::make_unique<Ray>(); }
std::unique_ptr<Rule> MakeBentoMl() { return std::make_unique<BentoMl>(); }

}  // namespace simulation
