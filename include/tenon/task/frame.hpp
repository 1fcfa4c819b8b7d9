// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory of coroutine frames: each thread keeps the ones it gave back, by size.

#include <cstddef>

#include "tenon/base/export.hpp"

namespace tenon::detail {

// Recycled per thread up to a bound; under the address sanitizer always fresh, so that it sees a
// frame which is used after its end.
TENON_EXPORT void* AllocateFrame(std::size_t size);
TENON_EXPORT void FreeFrame(void* frame, std::size_t size) noexcept;

struct RecycledFrame {
  static void* operator new(std::size_t size) { return AllocateFrame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { FreeFrame(frame, size); }
};

}  // namespace tenon::detail
