// SPDX-License-Identifier: Apache-2.0
#include "recorder.hpp"

namespace tenon::bench {

Recorder::Recorder(std::int64_t begin, std::int64_t end)
    : begin_(begin), end_(end), batches_(kBatches) {}

Recorder::BatchCounts* Recorder::BatchOf(std::int64_t time) {
  if (time < begin_ || time >= end_) return nullptr;
  const double share = static_cast<double>(time - begin_) / static_cast<double>(end_ - begin_);
  return &batches_[static_cast<std::size_t>(share * static_cast<double>(kBatches))];
}

void Recorder::Noticed(std::int64_t due, std::int64_t noticed) {
  if (BatchOf(due) != nullptr) lag_.Add(noticed - due);
}

void Recorder::Answered(std::int64_t due, std::int64_t now, int status, Cause cause,
                        std::uint64_t size) {
  if (cause == Cause::kNone) {
    if (BatchCounts* batch = BatchOf(now)) ++batch->completed;
  }
  BatchCounts* batch = BatchOf(due);
  if (batch == nullptr) return;
  ++statuses_[status];
  ++causes_[static_cast<std::size_t>(cause)];
  body_bytes_ += size;
  if (cause == Cause::kNone) {
    batch->latency.Add(now - due);
  } else {
    ++batch->failed;
  }
}

void Recorder::Failed(std::int64_t due, Cause cause) {
  BatchCounts* batch = BatchOf(due);
  if (batch == nullptr) return;
  ++causes_[static_cast<std::size_t>(cause)];
  ++batch->failed;
}

void Recorder::FirstByte(std::int64_t due, std::int64_t now) {
  if (BatchOf(due) != nullptr) first_byte_.Add(now - due);
}

void Recorder::ChunkGap(std::int64_t due, std::int64_t gap, std::uint64_t chunks) {
  if (BatchOf(due) == nullptr) return;
  // What came in one read came at once; the wait was for the first of them.
  gap_.Add(gap);
  for (std::uint64_t i = 1; i < chunks; ++i) gap_.Add(0);
}

void Recorder::Chunks(std::int64_t due, std::uint64_t chunks) {
  if (BatchOf(due) != nullptr) chunks_ += chunks;
}

}  // namespace tenon::bench
