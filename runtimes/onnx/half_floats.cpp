// SPDX-License-Identifier: Apache-2.0
#include "half_floats.hpp"

#include <algorithm>
#include <bit>
#include <span>

namespace tenon::onnx {
namespace {

constexpr std::uint32_t kSign = 0x8000'0000;
constexpr std::uint32_t kInfinity = 0x7f80'0000;
// What float16's exponents are less than float32's, in place.
constexpr std::uint32_t kBias = (127U - 15U) << 23U;
constexpr std::uint32_t kTooLarge = 0x477f'f000;     // 65520: half way to what would follow 65504.
constexpr std::uint32_t kLeastNormal = 0x3880'0000;  // 2^-14.
constexpr unsigned kDropped = 13;                    // Bits of a float32 that float16 has not.
constexpr std::uint16_t kHalfInfinity = 0x7c00;
constexpr std::uint16_t kHalfQuiet = 0x0200;
constexpr std::uint16_t kBrainQuiet = 0x0040;

// Drops bits, to nearest even.
constexpr std::uint32_t Round(std::uint32_t bits, unsigned dropped) noexcept {
  const std::uint32_t half = (std::uint32_t{1} << (dropped - 1)) - 1;
  return (bits + half + ((bits >> dropped) & 1U)) >> dropped;
}

}  // namespace

float FromFloat16(std::uint16_t bits) noexcept {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t magnitude = bits & 0x7fffU;
  if (magnitude >= kHalfInfinity) {
    return std::bit_cast<float>(sign | kInfinity | ((magnitude & 0x3ffU) << kDropped));
  }
  if (magnitude < 0x0400U) {  // Without a leading one: a count of 2^-24.
    const float value = static_cast<float>(magnitude) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
  }
  return std::bit_cast<float>(sign | ((magnitude << kDropped) + kBias));
}

float FromBFloat16(std::uint16_t bits) noexcept {
  return std::bit_cast<float>(std::uint32_t{bits} << 16U);
}

std::uint16_t ToFloat16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits & kSign) >> 16U);
  const std::uint32_t magnitude = bits & ~kSign;
  std::uint32_t half = 0;
  if (magnitude > kInfinity) {
    half = kHalfInfinity | kHalfQuiet | ((magnitude >> kDropped) & 0x3ffU);
  } else if (magnitude >= kTooLarge) {
    half = kHalfInfinity;
  } else if (magnitude < kLeastNormal) {
    // Between 0.5 and 1 a float counts in 2^-24, as float16 does here: the sum rounds.
    const float sum = std::bit_cast<float>(magnitude) + 0.5F;
    half = std::bit_cast<std::uint32_t>(sum) - std::bit_cast<std::uint32_t>(0.5F);
  } else {
    half = Round(magnitude - kBias, kDropped);
  }
  return static_cast<std::uint16_t>(sign | half);
}

std::uint16_t ToBFloat16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & ~kSign) > kInfinity) return static_cast<std::uint16_t>((bits >> 16U) | kBrainQuiet);
  return static_cast<std::uint16_t>(Round(bits, 16));
}

AnyTensor WidenHalves(const AnyTensor& halves) {
  auto floats = Tensor<float>::Create(halves.Shape());
  const auto* const bits = static_cast<const std::uint16_t*>(halves.data());
  std::transform(bits, bits + halves.size(), floats.begin(),
                 halves.Type() == ElementType::kFloat16 ? &FromFloat16 : &FromBFloat16);
  return std::move(floats).Any();
}

AnyTensor NarrowToHalves(const AnyTensor& floats, ElementType type) {
  AnyTensor halves = AnyTensor::Create(type, floats.Shape());
  const std::span<const float> values = floats.Elements<float>();
  std::ranges::transform(values, static_cast<std::uint16_t*>(halves.data()),
                         type == ElementType::kFloat16 ? &ToFloat16 : &ToBFloat16);
  return halves;
}

}  // namespace tenon::onnx
