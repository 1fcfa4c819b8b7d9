// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

namespace tenon::schema {

using TensorStorage = std::shared_ptr<std::byte>;

// Uninitialised, aligned to kTensorAlignment; null for no bytes.
TensorStorage AllocateTensor(std::size_t bytes);

}  // namespace tenon::schema
