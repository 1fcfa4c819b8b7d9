// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/output_queue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tenon::engine {
namespace {

iovec PieceOf(const void* data, std::size_t size) noexcept {
  return {.iov_base = const_cast<void*>(data), .iov_len = size};
}

}  // namespace

void OutputQueue::Add(FrameHeader header, std::string_view head) {
  header.head_size = static_cast<std::uint32_t>(head.size());
  const auto bytes = EncodeHeader(header);
  adding_.text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  adding_.text.append(head);
  queued_ += kFrameHeaderSize + head.size();
}

void OutputQueue::Add(FrameHeader header, std::string_view head, const schema::Type& type,
                      const void* object) {
  const std::size_t begin = adding_.text.size();
  const std::size_t parts = adding_.parts.size();
  try {
    adding_.text.append(kFrameHeaderSize, '\0');
    adding_.text.append(head);
    header.head_size = static_cast<std::uint32_t>(head.size());
    header.payload_size = schema::WriteBinary(type, object, {adding_.text, adding_.parts});
    if (header.payload_size > max_payload_) {
      throw Error(ErrorCode::kTooLarge, "A message between replicas has " +
                                            std::to_string(header.payload_size) +
                                            " bytes; the limit is " + std::to_string(max_payload_) +
                                            " (TENON_MAX_REQUEST_BYTES).");
    }
  } catch (...) {
    adding_.text.resize(begin);
    adding_.parts.resize(parts);
    throw;
  }
  const auto bytes = EncodeHeader(header);
  std::memcpy(adding_.text.data() + begin, bytes.data(), bytes.size());
  queued_ += kFrameHeaderSize + head.size() + header.payload_size;
}

std::size_t OutputQueue::Fill(std::span<iovec> to) noexcept {
  if (place_.text == writing_.text.size() && place_.part == writing_.parts.size()) {
    writing_.text.clear();
    writing_.parts.clear();
    std::swap(writing_, adding_);
    place_ = {};
  }
  std::size_t count = 0;
  Place at = place_;
  while (count < to.size()) {
    const bool has_part = at.part < writing_.parts.size();
    const std::size_t stop = has_part ? writing_.parts[at.part].offset : writing_.text.size();
    if (at.text < stop) {
      to[count++] = PieceOf(writing_.text.data() + at.text, stop - at.text);
      at.text = stop;
    } else if (has_part) {
      const Bytes& bytes = writing_.parts[at.part].bytes;
      to[count++] = PieceOf(bytes.data() + at.in_part, bytes.size() - at.in_part);
      ++at.part;
      at.in_part = 0;
    } else {
      break;
    }
  }
  return count;
}

void OutputQueue::Consume(std::size_t size) noexcept {
  written_ += size;
  while (size > 0) {
    const bool has_part = place_.part < writing_.parts.size();
    const std::size_t stop = has_part ? writing_.parts[place_.part].offset : writing_.text.size();
    if (place_.text < stop) {
      const std::size_t step = std::min(size, stop - place_.text);
      place_.text += step;
      size -= step;
      continue;
    }
    schema::SharedPart& part = writing_.parts[place_.part];
    const std::size_t step = std::min(size, part.bytes.size() - place_.in_part);
    place_.in_part += step;
    size -= step;
    if (place_.in_part < part.bytes.size()) continue;
    part.bytes = {};  // Whoever shares it need not wait for the rest.
    ++place_.part;
    place_.in_part = 0;
  }
}

void OutputQueue::Clear() noexcept {
  adding_ = {};
  writing_ = {};
  place_ = {};
  queued_ = written_;
}

}  // namespace tenon::engine
