// SPDX-License-Identifier: Apache-2.0
#include "schema/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

namespace tenon::schema {
namespace {

// zlib counts in 32 bits.
uInt Part(std::size_t size) noexcept {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

struct EndsInflate {
  void operator()(z_stream* stream) const noexcept { inflateEnd(stream); }
};

}  // namespace

InflateFault Inflate(std::string_view deflated, std::span<char> out) {
  z_stream stream{};
  // Negative: the blocks alone, without the head and sum of a zlib file.
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, EndsInflate> ends(&stream);
  std::size_t read = 0;
  std::size_t written = 0;
  char beyond = 0;  // Where the first byte goes that there is no room for.
  for (;;) {
    const bool is_full = written == out.size();
    // zlib does not write through next_in; its type is older than const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data() + read));
    stream.avail_in = Part(deflated.size() - read);
    stream.next_out = reinterpret_cast<Bytef*>(is_full ? &beyond : out.data() + written);
    stream.avail_out = is_full ? 1 : Part(out.size() - written);
    const uInt given = stream.avail_in;
    const uInt room = stream.avail_out;
    const int result = inflate(&stream, Z_NO_FLUSH);
    read += given - stream.avail_in;
    const std::size_t made = room - stream.avail_out;
    if (is_full && made != 0) return InflateFault::kTooLong;
    written += made;
    if (result == Z_STREAM_END) {
      return written == out.size() ? InflateFault::kNone : InflateFault::kTooShort;
    }
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    // Also where nothing more comes in and nothing goes on.
    if (result != Z_OK) return InflateFault::kBroken;
  }
}

}  // namespace tenon::schema
