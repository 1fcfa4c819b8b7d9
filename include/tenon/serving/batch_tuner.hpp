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

// Watches runs of one batch function and says how many items the next one should take at most.
//
// Costs are kept per item, as the median of the latest runs of each range of sizes, so that a few
// slow runs do not matter and a change of the model is noticed after a few. The limit is the
// smallest size whose items cost at most `kTolerance` more than the cheapest known ones: where
// batching does not pay that is 1. A size that was never tried is tried as long as the sizes before
// it made items cheaper; later, neighbours of the limit are tried again, for at most
// `kExplorationShare` of the run time.
//
// Thread safety: thread-compatible. Observing costs about 100 ns, asking a few.
class TENON_EXPORT BatchTuner {
 public:
  static constexpr double kTolerance = 0.04;
  static constexpr double kExplorationShare = 0.01;
  // Medians are taken over so many runs; fewer than kTrusted are not believed.
  static constexpr std::size_t kWindow = 9;
  static constexpr std::size_t kTrusted = 3;

  // `largest`: no batch is larger, whatever is learned; at least 1.
  explicit BatchTuner(std::size_t largest);

  // Takes the cost of a run of `count` items, at least 1.
  void Observe(std::size_t count, Duration run_time) noexcept;

  // How many items to run when `waiting` wait: at least 1, at most `waiting`.
  // REQUIRES: waiting > 0. Not const: trying a size spends from the share for exploration.
  std::size_t Choose(std::size_t waiting) noexcept;

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

    bool Trusted() const noexcept { return samples >= kTrusted; }
  };

  std::size_t IndexOf(std::size_t count) const noexcept;
  void Decide() noexcept;
  // The next size to try, or limit_ when nothing is worth it.
  std::size_t Frontier() const noexcept;

  std::vector<Point> points_;  // By size; the first is 1.
  std::size_t limit_ = 0;
  std::size_t probe_ = 0;  // Which neighbour is tried next: alternates.
  std::uint64_t changes_ = 0;
  double run_ns_ = 0;     // All run time.
  double probe_ns_ = 0;   // Of it, for sizes that were tried again.
  bool probing_ = false;  // The latest choice was one of those.
};

}  // namespace tenon::serving
