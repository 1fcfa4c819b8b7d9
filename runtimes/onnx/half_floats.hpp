// SPDX-License-Identifier: Apache-2.0
#pragma once

// float16 and bfloat16 as the float32 that Tenon shows them as.

#include <cstdint>

#include "tenon/schema/tensor.hpp"

namespace tenon::onnx {

// Exact.
float FromFloat16(std::uint16_t bits) noexcept;
float FromBFloat16(std::uint16_t bits) noexcept;

// To the nearest, of two equally near ones the even; what is too large becomes infinity. NaN stays
// NaN.
std::uint16_t ToFloat16(float value) noexcept;
std::uint16_t ToBFloat16(float value) noexcept;

// REQUIRES: `halves` is float16 or bfloat16.
AnyTensor WidenHalves(const AnyTensor& halves);
// REQUIRES: `floats` is float32, `type` is float16 or bfloat16.
AnyTensor NarrowToHalves(const AnyTensor& floats, ElementType type);

}  // namespace tenon::onnx
