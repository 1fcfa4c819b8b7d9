// SPDX-License-Identifier: Apache-2.0
// Any bytes as NPY: what is read, is read again once it was written.
#include "schema/npy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tenon::ElementType;
  const auto tensor = tenon::schema::ReadNpy({reinterpret_cast<const char*>(data), size});
  if (!tensor) return 0;
  std::string bytes;
  if (!tenon::schema::WriteNpy(*tensor, bytes)) return 0;
  const auto again = tenon::schema::ReadNpy(bytes);
  if (!again || again->Shape() != tensor->Shape() || again->Type() != tensor->Type()) std::abort();
  if (tensor->Type() == ElementType::kString) {
    if (!std::ranges::equal(tensor->Strings(), again->Strings())) std::abort();
  } else if (tensor->size() > 0 &&
             std::memcmp(tensor->data(), again->data(), tensor->ByteSize()) != 0) {
    std::abort();
  }
  return 0;
}
