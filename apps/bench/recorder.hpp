// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts how requests ended. What was due outside the measured time is not counted.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "histogram.hpp"
#include "outcome.hpp"

namespace tenon::bench {

// All times are nanoseconds since the start of the run.
//
// Thread safety: confined.
class Recorder {
 public:
  static constexpr std::size_t kBatches = 20;

  struct BatchCounts {
    Histogram latency;
    std::uint64_t failed = 0;
    std::uint64_t completed = 0;  // Good answers that came in this time.
  };

  Recorder(std::int64_t begin, std::int64_t end);

  void Noticed(std::int64_t due, std::int64_t noticed);
  // A reply. REQUIRES: `cause` is kNone, kStatus or kUnexpected.
  void Answered(std::int64_t due, std::int64_t now, int status, Cause cause, std::uint64_t size);
  // No reply.
  void Failed(std::int64_t due, Cause cause);
  void FirstByte(std::int64_t due, std::int64_t now);
  void ChunkGap(std::int64_t due, std::int64_t gap, std::uint64_t chunks);
  void Chunks(std::int64_t due, std::uint64_t chunks);

  std::int64_t Begin() const { return begin_; }
  std::int64_t End() const { return end_; }
  const std::vector<BatchCounts>& Batches() const { return batches_; }
  const Histogram& Lag() const { return lag_; }
  const Histogram& FirstBytes() const { return first_byte_; }
  const Histogram& Gaps() const { return gap_; }
  const std::map<int, std::uint64_t>& Statuses() const { return statuses_; }
  std::uint64_t Count(Cause cause) const { return causes_[static_cast<std::size_t>(cause)]; }
  std::uint64_t BodyBytes() const { return body_bytes_; }
  std::uint64_t ChunkCount() const { return chunks_; }

 private:
  // The batch of a time; null outside the measured one.
  BatchCounts* BatchOf(std::int64_t time);

  std::int64_t begin_;
  std::int64_t end_;
  std::vector<BatchCounts> batches_;
  Histogram lag_;
  Histogram first_byte_;
  Histogram gap_;
  std::map<int, std::uint64_t> statuses_;
  std::array<std::uint64_t, kCauseNames.size()> causes_ = {};
  std::uint64_t body_bytes_ = 0;
  std::uint64_t chunks_ = 0;
};

}  // namespace tenon::bench
