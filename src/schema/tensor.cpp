// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/tensor.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <optional>

#include "schema/element_count.hpp"
#include "schema/tensor_storage.hpp"

namespace tenon {
namespace {

struct ElementRow {
  ElementType type;
  std::string_view name;
  std::size_t size;
};

constexpr std::array kElements = {
    ElementRow{ElementType::kBool, "bool", 1},
    ElementRow{ElementType::kInt8, "int8", 1},
    ElementRow{ElementType::kInt16, "int16", 2},
    ElementRow{ElementType::kInt32, "int32", 4},
    ElementRow{ElementType::kInt64, "int64", 8},
    ElementRow{ElementType::kUint8, "uint8", 1},
    ElementRow{ElementType::kUint16, "uint16", 2},
    ElementRow{ElementType::kUint32, "uint32", 4},
    ElementRow{ElementType::kUint64, "uint64", 8},
    ElementRow{ElementType::kFloat16, "float16", 2},
    ElementRow{ElementType::kBFloat16, "bfloat16", 2},
    ElementRow{ElementType::kFloat32, "float32", 4},
    ElementRow{ElementType::kFloat64, "float64", 8},
    ElementRow{ElementType::kString, "string", sizeof(std::string)},
};

constexpr bool RowsAreInEnumOrder() {
  for (std::size_t i = 0; i < kElements.size(); ++i) {
    if (static_cast<std::size_t>(kElements[i].type) != i) return false;
  }
  return true;
}
static_assert(RowsAreInEnumOrder());

std::string Text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t dimension : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(dimension);
  }
  return text + "]";
}

}  // namespace

std::string_view Name(ElementType type) noexcept {
  return kElements[static_cast<std::size_t>(type)].name;
}
std::size_t ElementSize(ElementType type) noexcept {
  return kElements[static_cast<std::size_t>(type)].size;
}

std::size_t ElementCount(std::span<const std::int64_t> shape) {
  if (std::ranges::any_of(shape, [](std::int64_t length) { return length < 0; })) {
    throw Error(ErrorCode::kInvalid,
                "A tensor's dimensions must not be negative; found " + Text(shape) + ".");
  }
  const std::optional<std::size_t> count = schema::CountElements(shape);
  if (!count) {
    throw Error(ErrorCode::kInvalid, "A tensor of shape " + Text(shape) + " is too large.");
  }
  return *count;
}

namespace schema {

std::optional<std::size_t> CountElements(std::span<const std::int64_t> shape) noexcept {
  // Half the address space, with room for the largest element.
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 2 / sizeof(std::string);
  bool is_empty = false;
  std::size_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    const auto length = static_cast<std::size_t>(dimension);
    if (length == 0) {
      is_empty = true;
    } else if (count > kMost / length) {
      return std::nullopt;
    } else {
      count *= length;
    }
  }
  return is_empty ? 0 : count;
}

TensorStorage AllocateTensor(std::size_t bytes) {
  if (bytes == 0) return {};
  constexpr std::align_val_t kAlignment{kTensorAlignment};
  void* data = ::operator new(bytes, kAlignment);
  return TensorStorage(static_cast<std::byte*>(data),
                       [](std::byte* begin) { ::operator delete(begin, kAlignment); });
}

}  // namespace schema

AnyTensor AnyTensor::Create(ElementType type, std::vector<std::int64_t> shape) {
  const std::size_t count = ElementCount(shape);
  if (type == ElementType::kString) {
    auto strings = std::make_shared<std::vector<std::string>>(count);
    void* data = strings->data();
    return Wrap(type, std::move(shape), data, std::move(strings));
  }
  schema::TensorStorage storage = schema::AllocateTensor(count * ElementSize(type));
  void* data = storage.get();
  if (data != nullptr) std::memset(data, 0, count * ElementSize(type));
  return Wrap(type, std::move(shape), data, std::move(storage));
}

AnyTensor AnyTensor::Wrap(ElementType type, std::vector<std::int64_t> shape, void* data,
                          std::shared_ptr<const void> owner) {
  AnyTensor tensor;
  tensor.size_ = ElementCount(shape);
  tensor.type_ = type;
  tensor.shape_ = std::move(shape);
  tensor.data_ = data;
  tensor.owner_ = std::move(owner);
  return tensor;
}

AnyTensor AnyTensor::Clone() const {
  AnyTensor copy = Create(type_, shape_);
  if (type_ == ElementType::kString) {
    std::span<std::string> strings = copy.Strings();
    for (std::size_t i = 0; i < size_; ++i) strings[i] = Strings()[i];
  } else if (size_ > 0) {
    std::memcpy(copy.data_, data_, ByteSize());
  }
  return copy;
}

AnyTensor AnyTensor::Reshape(std::vector<std::int64_t> shape) const {
  if (ElementCount(shape) != size_) {
    throw Error(ErrorCode::kInvalid, "A tensor of shape " + Text(shape_) +
                                         " cannot be reshaped to " + Text(shape) +
                                         ": the numbers of elements differ.");
  }
  AnyTensor reshaped = *this;
  reshaped.shape_ = std::move(shape);
  return reshaped;
}

namespace detail {

void RequireElementType(const AnyTensor& tensor, ElementType wanted) {
  if (tensor.Type() == wanted) return;
  throw Error(ErrorCode::kInvalid, "Expected a tensor of " + std::string(Name(wanted)) +
                                       ", found one of " + std::string(Name(tensor.Type())) + ".");
}

}  // namespace detail
}  // namespace tenon
