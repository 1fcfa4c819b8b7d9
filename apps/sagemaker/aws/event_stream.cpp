// SPDX-License-Identifier: Apache-2.0
#include "aws/event_stream.hpp"

#include <zlib.h>

#include <cstdint>

#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

constexpr std::size_t kPrelude = 12;
constexpr std::size_t kOverhead = 16;
constexpr std::size_t kMaxFrame = 16 << 20;

std::uint32_t Number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

std::uint32_t Checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

[[noreturn]] void Broken() {
  throw Failure("The streamed answer is broken: a frame makes no sense.");
}

// The size of a header's value, without its type; text and bytes carry a length in front.
std::size_t ValueSize(std::string_view headers, std::size_t at, std::uint32_t type) {
  constexpr std::size_t kFixed[] = {0, 0, 1, 2, 4, 8};
  if (type <= 5) return kFixed[type];
  if (type == 6 || type == 7) {
    if (at + 2 > headers.size()) Broken();
    return 2 + Number(headers, at, 2);
  }
  if (type == 8) return 8;
  if (type == 9) return 16;
  Broken();
}

std::map<std::string, std::string> ReadHeaders(std::string_view headers) {
  constexpr std::uint32_t kText = 7;
  std::map<std::string, std::string> result;
  std::size_t at = 0;
  while (at < headers.size()) {
    const std::size_t name_size = Number(headers, at, 1);
    if (at + 1 + name_size + 1 > headers.size()) Broken();
    const std::string name(headers.substr(at + 1, name_size));
    at += 1 + name_size;
    const std::uint32_t type = Number(headers, at, 1);
    ++at;
    const std::size_t size = ValueSize(headers, at, type);
    if (at + size > headers.size()) Broken();
    if (type == kText) result[name] = headers.substr(at + 2, size - 2);
    at += size;
  }
  return result;
}

}  // namespace

std::string StreamMessage::Header(const std::string& name) const {
  const auto it = headers.find(name);
  return it == headers.end() ? std::string() : it->second;
}

void EventStreamDecoder::Feed(std::string_view bytes) {
  buffer_ += bytes;
  std::size_t begin = 0;
  while (buffer_.size() - begin >= kPrelude) {
    const std::string_view rest = std::string_view(buffer_).substr(begin);
    const std::size_t total = Number(rest, 0, 4);
    const std::size_t header_size = Number(rest, 4, 4);
    if (total < kOverhead || total > kMaxFrame || header_size > total - kOverhead ||
        Number(rest, 8, 4) != Checksum(rest.substr(0, 8))) {
      Broken();
    }
    if (rest.size() < total) break;
    if (Number(rest, total - 4, 4) != Checksum(rest.substr(0, total - 4))) Broken();
    StreamMessage message;
    message.headers = ReadHeaders(rest.substr(kPrelude, header_size));
    message.payload = rest.substr(kPrelude + header_size, total - kOverhead - header_size);
    on_message_(message);
    begin += total;
  }
  buffer_.erase(0, begin);
}

}  // namespace tenon::aws
