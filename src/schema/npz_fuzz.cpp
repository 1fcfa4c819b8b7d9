// SPDX-License-Identifier: Apache-2.0
// Any bytes as NPZ, and as a bare DEFLATE stream: bounded, and read again once it was written.
#include "schema/npz.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "schema/inflate.hpp"
#include "schema/zip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string room(4096, '\0');
  static_cast<void>(tenon::schema::Inflate(bytes, room));
  // Memory is bounded by the file's size: not beyond DEFLATE's own ratio.
  const auto entries = tenon::schema::ReadZip(bytes, {.entries = 100, .bytes = 64U << 20U});
  if (!entries) return 0;
  for (const auto& entry : *entries) {
    std::string buffer;
    const auto content = tenon::schema::Unpack(entry, buffer);
    if (content && content->size() != entry.size) std::abort();
  }
  const auto arrays = tenon::schema::ReadNpz(bytes);
  if (!arrays) return 0;
  std::string written;
  if (!tenon::schema::WriteNpz(*arrays, written)) return 0;
  const auto again = tenon::schema::ReadNpz(written);
  // Two names that differ in ".npy" alone become one.
  if (again && again->size() != arrays->size()) std::abort();
  return 0;
}
