// SPDX-License-Identifier: Apache-2.0
#include "http/chunked_decoder.hpp"

#include <algorithm>
#include <cstring>

namespace tenon::http {
namespace {

constexpr auto kGoOn = ParseOutcome::kIncomplete;

// Below zero: no hexadecimal digit.
int HexDigit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

}  // namespace

void GrowingBody::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (size_ + bytes.size() > block_.Capacity()) {
    Block larger(std::max(size_ + bytes.size(), 2 * block_.Capacity()));
    if (size_ != 0) std::memcpy(larger.Data(), block_.Data(), size_);
    block_ = std::move(larger);
  }
  std::memcpy(block_.Data() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

ChunkedDecoder::Step ChunkedDecoder::Feed(std::string_view bytes, GrowingBody& body) {
  Step step;
  while (step.consumed < bytes.size() && step.outcome == kGoOn) {
    if (state_ != State::kData) {
      step.outcome = Take(bytes[step.consumed++]);
      continue;
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, bytes.size() - step.consumed));
    body.Append(bytes.substr(step.consumed, count));
    step.consumed += count;
    chunk_ -= count;
    if (chunk_ == 0) state_ = State::kDataCr;
  }
  return step;
}

ParseOutcome ChunkedDecoder::Take(char c) noexcept {
  const auto expect = [this, c](char expected, State next) {
    if (c != expected) return ParseOutcome::kMalformed;
    state_ = next;
    return kGoOn;
  };
  // Until the CR that ends a line.
  const auto line = [this, c](State at_end) {
    if (c == '\r') {
      state_ = at_end;
      return kGoOn;
    }
    return IsControl(c) || ++line_ > kMaxLineBytes ? ParseOutcome::kMalformed : kGoOn;
  };
  switch (state_) {
    case State::kFirstDigit:
      line_ = 0;
      chunk_ = 0;
      state_ = State::kDigits;
      return HexDigit(c) < 0 ? ParseOutcome::kMalformed : TakeDigit(c);
    case State::kDigits: return HexDigit(c) < 0 ? AfterDigits(c) : TakeDigit(c);
    case State::kBeforeExtension: return AfterDigits(c);
    case State::kExtension: return line(State::kSizeEnd);
    case State::kSizeEnd:
      room_ -= chunk_;
      return expect('\n', chunk_ == 0 ? State::kTrailer : State::kData);
    case State::kDataCr: return expect('\r', State::kDataLf);
    case State::kDataLf: return expect('\n', State::kFirstDigit);
    case State::kTrailer:
      if (c == '\r') return expect('\r', State::kLastLf);
      state_ = State::kTrailerLine;
      return line(State::kTrailerEnd);
    case State::kTrailerLine: return line(State::kTrailerEnd);
    case State::kTrailerEnd: return expect('\n', State::kTrailer);
    case State::kLastLf:
      if (c != '\n') return ParseOutcome::kMalformed;
      state_ = State::kDone;
      return ParseOutcome::kComplete;
    case State::kData:
    case State::kDone: break;
  }
  return ParseOutcome::kMalformed;
}

ParseOutcome ChunkedDecoder::TakeDigit(char c) noexcept {
  if (++line_ > kMaxLineBytes) return ParseOutcome::kMalformed;
  // It cannot overflow: what is over the limit ends here.
  if (chunk_ > room_ / 16) return ParseOutcome::kTooLarge;
  chunk_ = chunk_ * 16 + static_cast<std::uint64_t>(HexDigit(c));
  return chunk_ > room_ ? ParseOutcome::kTooLarge : kGoOn;
}

ParseOutcome ChunkedDecoder::AfterDigits(char c) noexcept {
  if (++line_ > kMaxLineBytes) return ParseOutcome::kMalformed;
  switch (c) {
    case '\r': state_ = State::kSizeEnd; return kGoOn;
    case ';': state_ = State::kExtension; return kGoOn;
    case ' ':
    case '\t': state_ = State::kBeforeExtension; return kGoOn;
    default: return ParseOutcome::kMalformed;
  }
}

}  // namespace tenon::http
