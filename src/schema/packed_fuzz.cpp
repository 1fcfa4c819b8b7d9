// SPDX-License-Identifier: Apache-2.0
// Bare bytes under any shape: the first byte is the type, the next three are lengths.
#include "schema/packed.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 4;
  if (size < kHead) return 0;
  const auto type = static_cast<tenon::ElementType>(data[0] % 14);
  tenon::schema::PackedShape packed{.type = type, .shape = {}};
  for (std::size_t i = 1; i < kHead; ++i) {
    packed.shape.push_back(data[i] == 0 && i == 1 ? -1 : data[i]);
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + kHead, size - kHead);
  const auto tensor = tenon::schema::ReadPacked(bytes, packed);
  if (!tensor) return 0;
  std::string written;
  tenon::schema::WritePacked(*tensor, written);
  // Half floats have become floats, and truth values 0 and 1.
  const bool is_same = type != tenon::ElementType::kFloat16 && type != tenon::ElementType::kBool;
  if (is_same && written != bytes) std::abort();
  return 0;
}
