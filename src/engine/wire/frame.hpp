// SPDX-License-Identifier: Apache-2.0
#pragma once

// The frames of the data plane, specified in docs/design/0041-data-plane.md.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tenon::engine {

enum class FrameType : std::uint8_t {
  kHello = 1,    // Client to server, first: who is there and what it knows.
  kWelcome = 2,  // Its answer.
  kCall = 3,     // Head: CallHead. Payload: the request.
  kItem = 4,     // Payload: one item of a stream.
  kEnd = 5,      // Head: EndHead. Payload: the response; empty after a stream.
  kError = 6,    // Payload: WireError. Of call 0: the connection ends.
  kCancel = 7,   // Nobody waits for the call any more; nothing answers it.
  kCredit = 8,   // Head: a varint; so many more items may come.
  kPing = 9,     // Answered at once by kPong.
  kPong = 10,
  kGoAway = 11,  // The server takes no further calls; what it has, it ends.
};

struct FrameHeader {
  FrameType type = FrameType::kPing;
  std::uint32_t head_size = 0;  // 24 bits.
  std::uint32_t call = 0;       // 0: the connection itself.
  std::uint64_t payload_size = 0;

  bool operator==(const FrameHeader&) const = default;
};

inline constexpr std::size_t kFrameHeaderSize = 16;
// Headers of a request and what else is known of it.
inline constexpr std::uint32_t kMaxHeadSize = 256U << 10U;

std::array<std::byte, kFrameHeaderSize> EncodeHeader(const FrameHeader& header) noexcept;
// Nothing where it is no frame: an unknown type, or a head beyond kMaxHeadSize.
std::optional<FrameHeader> DecodeHeader(std::span<const std::byte, kFrameHeaderSize> from) noexcept;

}  // namespace tenon::engine
