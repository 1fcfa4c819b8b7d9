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

class BentoMl final : public Rule {
 public:
  void Add(Item& item, TimePoint now, Duration) override {
    item.arrived = now;
    waiting_.push_back(&item);
  }
  std::vector<Item*> Begin(TimePoint now, std::optional<TimePoint>& again) override {
    constexpr std::size_t kMost = 100;
    constexpr double kDecay = 0.95;
    constexpr auto kTick = std::chrono::milliseconds(1);
    if (is_running_ || waiting_.empty()) return {};
    const auto count = static_cast<double>(std::min(waiting_.size(), kMost));
    const double since_last = Seconds(now - waiting_.back()->arrived);
    const bool waits = waiting_.size() < kMost &&
                       count * (since_last + Seconds(kTick) + each_s_) <= typical_wait_s_ * kDecay;
    if (waits) {
      again = now + kTick;
      return {};
    }
    std::vector<Item*> items;
    double waited_s = 0;
    while (!waiting_.empty() && items.size() < kMost) {
      waited_s += Seconds(now - waiting_.front()->arrived);
      items.push_back(waiting_.front());
      waiting_.pop_front();
    }
    typical_wait_s_ += (waited_s / static_cast<double>(items.size()) - typical_wait_s_) / 8;
    is_running_ = true;
    return items;
  }
  void End(std::size_t items, Duration took, TimePoint) override {
    is_running_ = false;
    // Least squares over the latest runs.
    runs_.emplace_back(static_cast<double>(items), Seconds(took));
    if (runs_.size() > 64) runs_.pop_front();
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const auto& [size, time] : runs_) {
      n += 1, x += size, y += time, xx += size * size, xy += size * time;
    }
    const double spread = n * xx - x * x;
    each_s_ = spread > 0 ? std::max(0.0, (n * xy - x * y) / spread) : y / x;
  }

 private:
  static double Seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
  }

  std::deque<Item*> waiting_;
  std::deque<std::pair<double, double>> runs_;
  bool is_running_ = false;
  double each_s_ = 0;
  double typical_wait_s_ = 0.01;
};

}  // namespace

std::unique_ptr<Rule> MakeLine(tenon::BatchOptions options) {
  return std::make_unique<Line>(std::move(options));
}
std::unique_ptr<Rule> MakeBentoMl() { return std::make_unique<BentoMl>(); }

}  // namespace simulation
