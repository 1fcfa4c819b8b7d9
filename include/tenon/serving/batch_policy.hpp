// SPDX-License-Identifier: Apache-2.0
#pragma once

// When a batch runs and how large it is: a pure decision over a snapshot.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon {

// How items are put together. Nothing needs to be set: what is left out is learned. What is set is
// obeyed exactly.
struct BatchOptions {
  // Affects behaviour.
  // Most items in one run, at least 1; where items have a size (see BatchItems), the most that
  // theirs add up to, and a larger one is refused. Left out: the size at which items stop getting
  // cheaper is learned from the runs; 1 where batching does not pay.
  std::optional<std::size_t> max_batch_size = {};
  // How long an item may wait for company although the model is free. Left out: not at all; while
  // the model is busy the batch fills anyway, so set it only where a run costs the same for one
  // item as for many and requests come far apart.
  std::optional<std::chrono::microseconds> batch_wait_timeout = {};
  // Runs at the same time; more than 1 needs a const batch function.
  std::size_t max_concurrent_batches = 1;
  // What an item should take from its arrival to its result. Batches then stay small enough: a run
  // takes at most half of it, and what the oldest item has left of it.
  std::optional<std::chrono::milliseconds> target_latency = {};
  // Sizes that runs should have, rising: those that a model was compiled for. A run then takes the
  // largest of them that what waits can fill, and all where that is less than the smallest; with
  // `BatchItems::pad` it takes all and is filled up to the next one.
  std::vector<std::size_t> preferred_sizes = {};

  bool operator==(const BatchOptions&) const = default;
};

// Names the field and the offending value.
TENON_EXPORT Result<> Validate(const BatchOptions& options);

namespace serving {

inline constexpr std::size_t kLargestLearnedBatch = 1024;
// Where items have a size.
inline constexpr std::size_t kLargestLearnedSize = std::size_t{1} << 24;

// What is known when a decision is due: an item arrived, a run ended, or a timer fired. Where items
// have a size, it is meant wherever items are counted.
struct BatchSnapshot {
  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

  std::size_t waiting = 0;
  std::size_t running = 0;      // Runs in progress.
  TimePoint oldest_enqueued{};  // Of the waiting items; meaningless when none waits.
  TimePoint now{};
  // Most items in one run: learned, where it is not set.
  std::size_t limit = kLargestLearnedBatch;
  // The most items whose run ends in time for the first in line. 0: not even it alone would.
  std::size_t fits = kAny;
  // The latest moment at which a run of what waits ends in time for the first in line.
  TimePoint latest_start = TimePoint::max();
  bool pads = false;  // A run is filled up to the next preferred size.
};

enum class BatchAction : std::uint8_t {
  kRun,        // Take the first `count` items and run them.
  kWaitUntil,  // Decide again at `time`, or when something happens before.
  kWait,       // Decide again when something happens.
};

// Why a batch was closed and began to run.
enum class BatchCause : std::uint8_t {
  kNone,
  kFull,        // It had as many items as it may have.
  kFreePermit,  // The model was free: it took what was there.
  kTimeout,     // The wait that was asked for was over.
  kDeadline,    // More items would have made the first one late.
};
inline constexpr std::size_t kBatchCauses = 5;

struct BatchDecision {
  BatchAction action = BatchAction::kWait;
  std::size_t count = 0;
  TimePoint time{};
  BatchCause cause = BatchCause::kNone;
};

// While every permit is in use the batch keeps filling. With a free permit it runs at once, or,
// where a wait was asked for, when it is full, its oldest item has waited that long, or its first
// item would be late otherwise. A batch is cut to what its first item's budget allows, unless more
// items wait than one run takes: short runs would then make everybody late, so it is the late item
// that leaves. Last, it is cut to a preferred size.
TENON_EXPORT BatchDecision Decide(const BatchOptions& options,
                                  const BatchSnapshot& snapshot) noexcept;

// To how many a run of `count` is filled up: the smallest preferred size that holds it, or itself.
TENON_EXPORT std::size_t PaddedSize(std::span<const std::size_t> preferred,
                                    std::size_t count) noexcept;

}  // namespace serving
}  // namespace tenon
