// SPDX-License-Identifier: Apache-2.0
#pragma once

// What waits to be sent over one connection: frames one after the other, in which large parts are
// not copied.

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/frame.hpp"
#include "schema/binary.hpp"

namespace tenon::engine {

// Thread safety: thread-compatible.
class OutputQueue {
 public:
  bool IsEmpty() const noexcept { return Queued() == Written(); }
  // Bytes since the beginning: all that were added, and those of them that were written.
  std::uint64_t Queued() const noexcept { return queued_; }
  std::uint64_t Written() const noexcept { return written_; }

  void SetMaxPayload(std::uint64_t max_payload) noexcept { max_payload_ = max_payload; }
  // Appends one frame. `header` needs neither size. Errors: throws kTooLarge for a payload that the
  // peer would refuse, and what WriteBinary throws; then it has added nothing.
  void Add(FrameHeader header, std::string_view head = {});
  void Add(FrameHeader header, std::string_view head, const schema::Type& type, const void* object);

  // The next bytes to write, in at most `to.size()` pieces; returns how many pieces.
  std::size_t Fill(std::span<iovec> to) noexcept;
  // So many of them were written.
  void Consume(std::size_t size) noexcept;
  // Forgets what waits; the counts stay.
  void Clear() noexcept;

 private:
  struct Batch {
    std::string text;
    std::vector<schema::SharedPart> parts;
  };
  // A place in a batch: everything before it was written.
  struct Place {
    std::size_t text = 0;
    std::size_t part = 0;
    std::size_t in_part = 0;
  };

  Batch adding_;
  Batch writing_;
  Place place_;
  std::uint64_t max_payload_ = ~std::uint64_t{0};
  std::uint64_t queued_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace tenon::engine
