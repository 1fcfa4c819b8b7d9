// SPDX-License-Identifier: Apache-2.0
#pragma once

// Learns how large a batch should be from what batches cost.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon::serving {

// What is known of one range of batch sizes: [size, next size).
struct BatchCostPoint {
  std::size_t size = 0;
  std::size_t samples = 0;  // Runs seen, ever.
  double item_cost_ns = 0;  // Median of the latest runs, per item.

  bool operator==(const BatchCostPoint&) const = default;
};

// What a batch's size counts.
enum class BatchUnit : std::uint8_t {
  kItems,  // Each item is 1: every size up to what waits can be filled exactly.
  kSizes,  // Items have sizes of their own: tokens, pixels, rows.
};

// Watches runs of one batch function and says how many items the next one should take at most.
//
// Costs are kept per item, as the median of the latest runs of each range of sizes, so that a few
// slow runs do not matter and a change of the model is noticed after a few. The limit is the
// smallest size whose items, with their part of what starting a run costs, cost at most
// `kTolerance` more than the cheapest known ones, or what the noise of the runs makes
// indistinguishable from that: where batching does not pay that is 1. A size that was never tried
// is tried as long as the sizes before it made items cheaper; later, neighbours of the limit are
// tried again, for at most `kExplorationShare` of the run time.
//
// Thread safety: thread-compatible. Observing costs about 100 ns, asking a few.
class TENON_EXPORT BatchTuner {
 public:
  static constexpr double kTolerance = 0.04;
  // However noisy runs are: more is never given up for a smaller size.
  static constexpr double kMostTolerance = 0.10;
  static constexpr double kExplorationShare = 0.01;
  // What handing a run to the pool and its end to the loops costs beside the run: half a hand-off,
  // for the other half is each item's own (docs/design/0042).
  static constexpr float kStartNs = 8'000;
  // Medians are taken over so many runs; fewer than kTrusted are not believed.
  static constexpr std::size_t kWindow = 9;
  static constexpr std::size_t kTrusted = 3;

  // `largest`: no batch is larger, whatever is learned; at least 1.
  explicit BatchTuner(std::size_t largest, BatchUnit unit = BatchUnit::kItems);

  // Takes the cost of a run of `count` items, at least 1.
  void Observe(std::size_t count, Duration run_time) noexcept;

  // How many items to run when `waiting` wait: at least 1, at most `waiting` (with kSizes: any
  // number; a run that it has no room for is the first item alone). No run that is known to take
  // longer than `longest`, or would if untried sizes cost as much per item as the known ones below.
  // REQUIRES: waiting > 0. Not const: trying a size spends from the share for exploration.
  std::size_t Choose(std::size_t waiting, Duration longest = Duration::max()) noexcept;

  // The size that is best as far as is known.
  std::size_t Limit() const noexcept { return points_[limit_].size; }
  // What a run of `count` items takes, as far as is known: never more than what was seen, so that
  // nothing is given up for a guess. Zero before that size or a smaller one was run often enough.
  Duration Expected(std::size_t count) const noexcept;
  // The most items whose run is expected to end within `budget`; 0 when not even one is, the
  // largest number where no size is known to take longer.
  std::size_t Fits(Duration budget) const noexcept;
  // How often the limit has changed.
  std::uint64_t Changes() const noexcept { return changes_; }
  // The learned curve: sizes that were run.
  std::vector<BatchCostPoint> Curve() const;
  // Takes over a curve that was learned before; sizes beyond `largest` are left out.
  void Restore(std::span<const BatchCostPoint> curve) noexcept;

 private:
  struct Point {
    std::size_t size = 1;
    std::size_t samples = 0;
    std::array<float, kWindow> costs{};  // Per item, in nanoseconds; the latest `samples`.
    float median = 0;
    std::size_t tries = 0;  // As the frontier.

    bool Trusted() const noexcept { return samples >= kTrusted; }
    // Per item, with its part of what starting a run costs. Between runs of a millisecond that is
    // nothing; runs of a few microseconds would otherwise seem to gain nothing from being fewer.
    float Whole() const noexcept { return median + kStartNs / static_cast<float>(size); }
  };

  std::size_t IndexOf(std::size_t count) const noexcept;
  void Decide() noexcept;
  float MarginOf(const Point& a, const Point& b) const noexcept;
  // The next size to try, or limit_ when nothing is worth it.
  std::size_t Frontier() const noexcept;
  // The largest index whose run takes at most `longest`, as Choose says.
  std::size_t Affordable(Duration longest) const noexcept;
  // The room that a run of points_[index] has.
  std::size_t RoomOf(std::size_t index) const noexcept;

  const BatchUnit unit_;
  std::vector<Point> points_;  // By size; the first is 1.
  std::size_t trusted_ = 0;    // How many points are.
  std::size_t limit_ = 0;
  std::size_t probe_ = 0;  // Which neighbour is tried next: alternates.
  std::uint64_t changes_ = 0;
  float spread_ = 0.02F;  // Typical distance of a run from its median, as a share.
  double run_ns_ = 0;     // All run time.
  double probe_ns_ = 0;   // Of it, for sizes that were tried again.
  bool probing_ = false;  // The latest choice was one of those.
};

}  // namespace tenon::serving
