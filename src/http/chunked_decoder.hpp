// SPDX-License-Identifier: Apache-2.0
#pragma once

// The chunked transfer coding (RFC 9112 §7.1), taken off.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "http/block.hpp"
#include "http/request_parser.hpp"

namespace tenon::http {

// A body that grows while it arrives.
class GrowingBody {
 public:
  void Append(std::string_view bytes);
  std::size_t Size() const noexcept { return size_; }
  Block TakeBlock() noexcept { return std::move(block_); }

 private:
  Block block_;
  std::size_t size_ = 0;
};

// A state machine over single bytes, so that it cannot matter where they were split: Beast's parser
// asserts on some splits of a last chunk and reads quoted extensions across line ends. Extensions
// and trailers are read and dropped.
class ChunkedDecoder {
 public:
  // A chunk's size line, and all trailers together.
  static constexpr std::size_t kMaxLineBytes = std::size_t{8} << 10U;

  explicit ChunkedDecoder(std::uint64_t max_body_bytes) noexcept : room_(max_body_bytes) {}

  struct Step {
    ParseOutcome outcome = ParseOutcome::kIncomplete;
    std::size_t consumed = 0;  // All of it, while it is incomplete.
  };
  // REQUIRES: no step has ended it.
  Step Feed(std::string_view bytes, GrowingBody& body);

 private:
  enum class State : std::uint8_t {
    kFirstDigit,
    kDigits,
    kBeforeExtension,  // White space after the size.
    kExtension,
    kSizeEnd,  // LF of the size line.
    kData,
    kDataCr,
    kDataLf,
    kTrailer,  // The first byte of a trailer line, or the CR that ends all.
    kTrailerLine,
    kTrailerEnd,
    kLastLf,
    kDone,
  };

  // Takes one byte that is not data.
  ParseOutcome Take(char c) noexcept;
  ParseOutcome TakeDigit(char c) noexcept;
  ParseOutcome AfterDigits(char c) noexcept;

  State state_ = State::kFirstDigit;
  std::uint64_t room_;       // Bytes of body that may still come.
  std::uint64_t chunk_ = 0;  // Size of the chunk, then what is left of it.
  std::size_t line_ = 0;
};

}  // namespace tenon::http
