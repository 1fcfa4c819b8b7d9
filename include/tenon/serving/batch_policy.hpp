// SPDX-License-Identifier: Apache-2.0
#pragma once

// When a batch runs and how large it is: a pure decision over a snapshot.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon {

// How items are put together. The defaults suit a model whose cost grows more slowly than its batch.
struct BatchOptions {
  // Affects behaviour.
  // Most items in one run, at least 1. Raising it trades latency and memory for throughput.
  std::size_t max_batch_size = 32;
  // How long an item may wait for company although the model is free. 0: not at all; while the
  // model is busy the batch fills anyway, so raise it only where a run costs the same for one item
  // as for many and requests come far apart.
  std::chrono::microseconds batch_wait_timeout{0};
  // Runs at the same time; more than 1 needs a const batch function.
  std::size_t max_concurrent_batches = 1;
};

// Names the field and the offending value.
TENON_EXPORT Result<> Validate(const BatchOptions& options);

namespace serving {

// What is known when a decision is due: an item arrived, a run ended, or a timer fired.
struct BatchSnapshot {
  std::size_t waiting = 0;
  std::size_t running = 0;     // Runs in progress.
  TimePoint oldest_enqueued{};  // Of the waiting items; meaningless when none waits.
  TimePoint now{};
};

enum class BatchAction : std::uint8_t {
  kRun,        // Take the first `count` items and run them.
  kWaitUntil,  // Decide again at `time`, or when something happens before.
  kWait,       // Decide again when something happens.
};

enum class BatchCause : std::uint8_t { kNone, kFull, kFreePermit, kTimeout };

struct BatchDecision {
  BatchAction action = BatchAction::kWait;
  std::size_t count = 0;
  TimePoint time{};
  BatchCause cause = BatchCause::kNone;  // Why a run begins: for metrics.
};

// While every permit is in use the batch keeps filling. With a free permit it runs at once, or,
// where a wait was asked for, when it is full or its oldest item has waited that long.
TENON_EXPORT BatchDecision Decide(const BatchOptions& options,
                                  const BatchSnapshot& snapshot) noexcept;

}  // namespace serving
}  // namespace tenon
