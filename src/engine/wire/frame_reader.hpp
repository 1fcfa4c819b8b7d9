// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a run of bytes to frames: no sockets, no time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/wire/frame.hpp"

namespace tenon::engine {

// A frame that has arrived whole. The spans hold until the reader is asked for space again; an
// owner keeps the payload for longer.
struct Frame {
  FrameHeader header;
  std::span<const std::byte> head;
  std::span<const std::byte> payload;
  std::shared_ptr<const void> owner = {};  // Null for small payloads.
};

// Use: read into `Space`, `Commit` what came, take frames until there is none.
//
// A payload from kDirectFrom on is read straight into memory of its own, aligned to a cache line,
// which the values made of it can share. Memory is taken when the frame's head has come, so that
// the limit is what a peer can make it hold. Thread safety: thread-compatible.
class FrameReader {
 public:
  static constexpr std::size_t kDirectFrom = std::size_t{16} << 10U;

  explicit FrameReader(std::uint64_t max_payload) : max_payload_(max_payload) {}

  void SetMaxPayload(std::uint64_t max_payload) noexcept { max_payload_ = max_payload; }

  // Never empty. REQUIRES: no fault.
  std::span<std::byte> Space();
  void Commit(std::size_t size) noexcept;

  enum class Status : std::uint8_t { kNeedsMore, kFrame, kFault };
  // After a fault nothing else can be understood. kFault: not a frame, or beyond the limit.
  Status Next(Frame& frame);

 private:
  std::size_t Buffered() const noexcept { return end_ - begin_; }

  static constexpr std::size_t kBufferSize = std::size_t{64} << 10U;

  std::uint64_t max_payload_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;  // What was not taken yet: [begin_, end_).
  std::size_t end_ = 0;
  // A large payload under way; its header and head stand at begin_.
  std::optional<FrameHeader> large_;
  std::shared_ptr<std::byte> storage_;
  std::size_t filled_ = 0;
};

}  // namespace tenon::engine
