// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/frame.hpp"

#include <bit>
#include <cstring>

namespace tenon::engine {

static_assert(std::endian::native == std::endian::little, "numbers travel as they lie");

std::array<std::byte, kFrameHeaderSize> EncodeHeader(const FrameHeader& header) noexcept {
  std::array<std::byte, kFrameHeaderSize> bytes{};
  const std::uint32_t first = static_cast<std::uint32_t>(header.type) | header.head_size << 8U;
  std::memcpy(bytes.data(), &first, sizeof first);
  std::memcpy(bytes.data() + 4, &header.call, sizeof header.call);
  std::memcpy(bytes.data() + 8, &header.payload_size, sizeof header.payload_size);
  return bytes;
}

std::optional<FrameHeader> DecodeHeader(
    std::span<const std::byte, kFrameHeaderSize> from) noexcept {
  std::uint32_t first = 0;
  FrameHeader header;
  std::memcpy(&first, from.data(), sizeof first);
  std::memcpy(&header.call, from.data() + 4, sizeof header.call);
  std::memcpy(&header.payload_size, from.data() + 8, sizeof header.payload_size);
  const auto type = static_cast<std::uint8_t>(first & 0xFFU);
  header.head_size = first >> 8U;
  if (type < static_cast<std::uint8_t>(FrameType::kHello) ||
      type > static_cast<std::uint8_t>(FrameType::kGoAway) || header.head_size > kMaxHeadSize) {
    return std::nullopt;
  }
  header.type = static_cast<FrameType>(type);
  return header;
}

}  // namespace tenon::engine
