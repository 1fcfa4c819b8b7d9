// SPDX-License-Identifier: Apache-2.0
#include "schema/packed.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "schema/element_count.hpp"
#include "schema/half_float.hpp"

namespace tenon::schema {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they lie");

std::string Text(const PackedShape& packed) {
  std::string text = std::string(Name(packed.type)) + "[";
  for (const std::int64_t length : packed.shape) {
    if (!text.ends_with('[')) text += ", ";
    text += length < 0 ? "?" : std::to_string(length);
  }
  return text + "]";
}

// The elements of the known lengths; the largest number where there are more than that.
std::size_t KnownCount(const std::vector<std::int64_t>& shape) noexcept {
  std::size_t count = 1;
  for (const std::int64_t length : shape) {
    if (length < 0) continue;
    if (__builtin_mul_overflow(count, static_cast<std::size_t>(length), &count)) {
      return std::numeric_limits<std::size_t>::max();
    }
  }
  return count;
}

AnyTensor Widen(std::string_view bytes, std::vector<std::int64_t> shape) {
  AnyTensor tensor = AnyTensor::Create(ElementType::kFloat32, std::move(shape));
  auto* const to = static_cast<float*>(tensor.data());
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + i * sizeof half, sizeof half);
    to[i] = FloatOfHalf(half);
  }
  return tensor;
}

}  // namespace

Result<AnyTensor> ReadPacked(std::string_view bytes, const PackedShape& packed) {
  if (packed.type == ElementType::kString || packed.type == ElementType::kBFloat16) {
    return Error(ErrorCode::kInvalid, fmt::format("Bare bytes are no {}.", Name(packed.type)));
  }
  const std::size_t width = ElementSize(packed.type);
  const std::size_t known = KnownCount(packed.shape);
  const std::size_t elements = bytes.size() / width;
  std::vector<std::int64_t> shape = packed.shape;
  for (std::int64_t& length : shape) {
    if (length >= 0) continue;
    length = known == 0 ? 0 : static_cast<std::int64_t>(elements / known);
  }
  const std::optional<std::size_t> count = CountElements(shape);
  if (count != elements || bytes.size() % width != 0) {
    return Error(
        ErrorCode::kInvalid,
        fmt::format("The body has {} bytes, and {} has elements of {} bytes{}.", bytes.size(),
                    Text(packed), width,
                    shape == packed.shape ? fmt::format(", {} bytes in all", known * width)
                                          : fmt::format(", {} bytes a row", known * width)));
  }
  if (packed.type == ElementType::kFloat16) return Widen(bytes, std::move(shape));
  AnyTensor tensor = AnyTensor::Create(packed.type, std::move(shape));
  if (packed.type == ElementType::kBool) {
    auto* const to = static_cast<bool*>(tensor.data());
    for (std::size_t i = 0; i < elements; ++i) to[i] = bytes[i] != 0;
  } else if (elements > 0) {
    std::memcpy(tensor.data(), bytes.data(), bytes.size());
  }
  return tensor;
}

void WritePacked(const AnyTensor& tensor, std::string& out) {
  if (tensor.size() > 0) out.append(static_cast<const char*>(tensor.data()), tensor.ByteSize());
}

}  // namespace tenon::schema
