// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/frame_reader.hpp"

#include <algorithm>
#include <cstring>

#include "schema/tensor_storage.hpp"

namespace tenon::engine {

std::span<std::byte> FrameReader::Space() {
  if (large_ && filled_ < large_->payload_size) {
    return {storage_.get() + filled_, static_cast<std::size_t>(large_->payload_size) - filled_};
  }
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.empty()) buffer_.resize(kBufferSize);
  if (end_ < buffer_.size()) return std::span(buffer_).subspan(end_);
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, Buffered());
    end_ -= begin_;
    begin_ = 0;
  } else {
    // One frame with a long head: the head's limit bounds it.
    buffer_.resize(2 * buffer_.size());
  }
  return std::span(buffer_).subspan(end_);
}

void FrameReader::Commit(std::size_t size) noexcept {
  if (large_ && filled_ < large_->payload_size) {
    filled_ += size;
  } else {
    end_ += size;
  }
}

FrameReader::Status FrameReader::Next(Frame& frame) {
  if (!large_) {
    if (Buffered() < kFrameHeaderSize) return Status::kNeedsMore;
    const std::span<const std::byte, kFrameHeaderSize> bytes(buffer_.data() + begin_,
                                                             kFrameHeaderSize);
    const auto header = DecodeHeader(bytes);
    if (!header || header->payload_size > max_payload_) return Status::kFault;
    const std::size_t before = kFrameHeaderSize + header->head_size;
    if (Buffered() < before) return Status::kNeedsMore;
    if (header->payload_size < kDirectFrom) {
      const auto payload = static_cast<std::size_t>(header->payload_size);
      if (Buffered() < before + payload) return Status::kNeedsMore;
      const std::byte* at = buffer_.data() + begin_;
      frame = {.header = *header,
               .head = {at + kFrameHeaderSize, header->head_size},
               .payload = {at + before, payload},
               .owner = {}};
      begin_ += before + payload;
      return Status::kFrame;
    }
    large_ = header;
    storage_ = schema::AllocateTensor(static_cast<std::size_t>(header->payload_size));
    filled_ = std::min(Buffered() - before, static_cast<std::size_t>(header->payload_size));
    std::memcpy(storage_.get(), buffer_.data() + begin_ + before, filled_);
    // The header and the head stay in front of what follows the payload.
    std::memmove(buffer_.data() + begin_ + filled_, buffer_.data() + begin_, before);
    begin_ += filled_;
  }
  if (filled_ < large_->payload_size) return Status::kNeedsMore;
  const std::byte* at = buffer_.data() + begin_;
  frame = {.header = *large_,
           .head = {at + kFrameHeaderSize, large_->head_size},
           .payload = {storage_.get(), filled_},
           .owner = std::move(storage_)};
  begin_ += kFrameHeaderSize + large_->head_size;
  storage_ = nullptr;
  large_.reset();
  return Status::kFrame;
}

}  // namespace tenon::engine
