// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_tuner.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace tenon::serving {
namespace {

// 1, 2, 3, 4, 6, 8, 12, 16, ...: two steps for each doubling are fine enough for a knee.
std::size_t NextSize(std::size_t size) noexcept {
  if (size < 4) return size + 1;
  const bool is_power = (size & (size - 1)) == 0;
  return is_power ? size + size / 2 : size / 3 * 4;
}

double ToNanoseconds(Duration duration) noexcept {
  return std::chrono::duration<double, std::nano>(duration).count();
}

Duration FromNanoseconds(double count) noexcept {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::nano>(count));
}

}  // namespace

BatchTuner::BatchTuner(std::size_t largest, BatchUnit unit) : unit_(unit) {
  largest = std::max<std::size_t>(largest, 1);
  for (std::size_t size = 1; size < largest; size = NextSize(size)) {
    points_.emplace_back().size = size;
  }
  points_.emplace_back().size = largest;
  limit_ = 0;
}

std::size_t BatchTuner::IndexOf(std::size_t count) const noexcept {
  const auto above =
      std::upper_bound(points_.begin(), points_.end(), count,
                       [](std::size_t size, const Point& point) { return size < point.size; });
  return static_cast<std::size_t>(above - points_.begin()) - 1;
}

void BatchTuner::Observe(std::size_t count, Duration run_time) noexcept {
  const double nanoseconds = std::max(1.0, ToNanoseconds(run_time));
  run_ns_ += nanoseconds;
  if (probing_) probe_ns_ += nanoseconds;
  probing_ = false;

  Point& point = points_[IndexOf(count)];
  const auto cost = static_cast<float>(nanoseconds / static_cast<double>(count));
  if (point.Trusted()) {
    constexpr float kOutlier = 0.25F;  // A change of the model is not noise for long.
    spread_ += (std::min(std::abs(cost / point.median - 1), kOutlier) - spread_) / 32;
  }
  point.costs[point.samples % kWindow] = cost;
  if (++point.samples == kTrusted) ++trusted_;
  std::array<float, kWindow> sorted = point.costs;
  const auto known = static_cast<std::ptrdiff_t>(std::min(point.samples, kWindow));
  std::nth_element(sorted.begin(), sorted.begin() + known / 2, sorted.begin() + known);
  point.median = sorted[static_cast<std::size_t>(known / 2)];
  Decide();
}

float BatchTuner::MarginOf(const Point& a, const Point& b) const noexcept {
  // Two standard errors of the difference of two medians, from the mean deviation: 1.25 for the
  // deviation, 1.25 for a median.
  const auto runs = [](const Point& point) {
    return static_cast<float>(std::min(point.samples, kWindow));
  };
  const float noise = 2 * 1.56F * spread_ * std::sqrt(1 / runs(a) + 1 / runs(b));
  return std::clamp(noise, static_cast<float>(kTolerance), static_cast<float>(kMostTolerance));
}

void BatchTuner::Decide() noexcept {
  const Point* best = nullptr;
  for (const Point& point : points_) {
    if (point.Trusted() && (best == nullptr || point.Whole() < best->Whole())) best = &point;
  }
  if (best == nullptr) return;
  const auto first = std::find_if(points_.begin(), points_.end(), [&](const Point& point) {
    return point.Trusted() && point.Whole() <= best->Whole() * (1 + MarginOf(point, *best));
  });
  const auto limit = static_cast<std::size_t>(first - points_.begin());
  if (limit != limit_) ++changes_;
  limit_ = limit;
}

std::size_t BatchTuner::Frontier() const noexcept {
  // A size that items of their own sizes never add up to is given up.
  constexpr std::size_t kMostTries = 4 * kTrusted;
  // Sizes are tried upwards from the limit: past those that cost about the same, since a knee may
  // hide behind a plateau of two steps, but not past one that made items dearer.
  std::size_t ahead = 0;
  for (std::size_t i = limit_ + 1; i < points_.size() && ahead < 2; ++i) {
    const Point& point = points_[i];
    if (!point.Trusted()) {
      if (point.tries < kMostTries) return i;
      continue;
    }
    ++ahead;
    if (point.Whole() > points_[limit_].Whole() * static_cast<float>(1 + kTolerance)) break;
  }
  return limit_;
}

std::size_t BatchTuner::Affordable(Duration longest) const noexcept {
  if (longest == Duration::max()) return points_.size() - 1;
  const double nanoseconds = ToNanoseconds(longest);
  float item_cost = 0;
  std::size_t affordable = 0;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    if (points_[i].Trusted()) item_cost = points_[i].median;
    if (static_cast<double>(item_cost) * static_cast<double>(points_[i].size) > nanoseconds) break;
    affordable = i;
  }
  return affordable;
}

std::size_t BatchTuner::RoomOf(std::size_t index) const noexcept {
  if (unit_ == BatchUnit::kItems || index + 1 >= points_.size()) return points_[index].size;
  return points_[index + 1].size - 1;
}

std::size_t BatchTuner::Choose(std::size_t waiting, Duration longest) noexcept {
  probing_ = false;
  const bool knows_one = unit_ == BatchUnit::kItems ? points_[0].Trusted() : trusted_ > 0;
  if (!knows_one) return 1;
  const std::size_t reach = IndexOf(waiting);  // The largest size that can be filled.
  const std::size_t affordable = Affordable(longest);
  const std::size_t frontier = Frontier();
  if (frontier != limit_ && frontier <= std::min(reach, affordable)) {
    ++points_[frontier].tries;
    return RoomOf(frontier);
  }
  const std::size_t best = std::min(limit_, affordable);
  if (reach <= best) return std::min(waiting, RoomOf(best));
  if (probe_ns_ < kExplorationShare * run_ns_) {
    // Above, below, far above: what was true may have changed.
    probe_ = (probe_ + 1) % 3;
    const std::size_t tried = probe_ == 0   ? limit_ + 1
                              : probe_ == 1 ? (limit_ > 0 ? limit_ - 1 : limit_ + 1)
                                            : std::min(limit_ + 4, points_.size() - 1);
    if (tried <= std::min(reach, affordable) && tried != limit_) {
      probing_ = true;
      return RoomOf(tried);
    }
  }
  return RoomOf(best);
}

Duration BatchTuner::Expected(std::size_t count) const noexcept {
  const std::size_t index = IndexOf(count);
  for (std::size_t i = index + 1; i-- > 0;) {
    if (!points_[i].Trusted()) continue;
    const std::size_t items = i == index ? count : points_[i].size;
    return FromNanoseconds(static_cast<double>(points_[i].median) * static_cast<double>(items));
  }
  return Duration::zero();
}

std::size_t BatchTuner::Fits(Duration budget) const noexcept {
  const double nanoseconds = ToNanoseconds(budget);
  std::size_t fits = 0;
  for (const Point& point : points_) {
    if (!point.Trusted()) continue;
    const auto items = static_cast<double>(point.size);
    if (static_cast<double>(point.median) * items > nanoseconds) return fits;
    const std::size_t next = &point == &points_.back() ? point.size : NextSize(point.size) - 1;
    const double most = std::min(nanoseconds / static_cast<double>(point.median),
                                 static_cast<double>(std::max(next, point.size)));
    fits = std::max(fits, static_cast<std::size_t>(most));
  }
  return std::numeric_limits<std::size_t>::max();
}

std::vector<BatchCostPoint> BatchTuner::Curve() const {
  std::vector<BatchCostPoint> curve;
  for (const Point& point : points_) {
    if (point.samples == 0) continue;
    curve.push_back({.size = point.size,
                     .samples = point.samples,
                     .item_cost_ns = static_cast<double>(point.median)});
  }
  return curve;
}

void BatchTuner::Restore(std::span<const BatchCostPoint> curve) noexcept {
  for (const BatchCostPoint& known : curve) {
    if (known.size == 0 || known.size > points_.back().size || known.samples == 0) continue;
    Point& point = points_[IndexOf(known.size)];
    // Believed, but only as one recent run more than needed: what is measured soon outvotes it.
    if (!point.Trusted()) ++trusted_;
    point.samples = kTrusted;
    point.median = static_cast<float>(known.item_cost_ns);
    point.costs.fill(point.median);
  }
  Decide();
}

}  // namespace tenon::serving
