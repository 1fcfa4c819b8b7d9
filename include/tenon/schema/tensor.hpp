// SPDX-License-Identifier: Apache-2.0
#pragma once

// Arrays with a shape: what models take and give.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/schema/bytes.hpp"

namespace tenon {

// What one element of a tensor is.
enum class ElementType : std::uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat16,   // IEEE 754 binary16, as its bits; only in an AnyTensor.
  kBFloat16,  // The upper half of a float, as its bits; only in an AnyTensor.
  kFloat32,
  kFloat64,
  kString,  // std::string objects.
};

// "float32", "int64", "string", ...
TENON_EXPORT std::string_view Name(ElementType type) noexcept;
// Bytes from one element to the next; `sizeof(std::string)` for strings.
TENON_EXPORT std::size_t ElementSize(ElementType type) noexcept;

namespace detail {

template <class T>
struct ElementTypeOf;
template <>
struct ElementTypeOf<bool> : std::integral_constant<ElementType, ElementType::kBool> {};
template <>
struct ElementTypeOf<std::int8_t> : std::integral_constant<ElementType, ElementType::kInt8> {};
template <>
struct ElementTypeOf<std::int16_t> : std::integral_constant<ElementType, ElementType::kInt16> {};
template <>
struct ElementTypeOf<std::int32_t> : std::integral_constant<ElementType, ElementType::kInt32> {};
template <>
struct ElementTypeOf<std::int64_t> : std::integral_constant<ElementType, ElementType::kInt64> {};
template <>
struct ElementTypeOf<std::uint8_t> : std::integral_constant<ElementType, ElementType::kUint8> {};
template <>
struct ElementTypeOf<std::uint16_t> : std::integral_constant<ElementType, ElementType::kUint16> {};
template <>
struct ElementTypeOf<std::uint32_t> : std::integral_constant<ElementType, ElementType::kUint32> {};
template <>
struct ElementTypeOf<std::uint64_t> : std::integral_constant<ElementType, ElementType::kUint64> {};
template <>
struct ElementTypeOf<float> : std::integral_constant<ElementType, ElementType::kFloat32> {};
template <>
struct ElementTypeOf<double> : std::integral_constant<ElementType, ElementType::kFloat64> {};
template <>
struct ElementTypeOf<std::string> : std::integral_constant<ElementType, ElementType::kString> {};

}  // namespace detail

// What a Tensor can hold.
template <class T>
concept TensorElement = requires { detail::ElementTypeOf<T>::value; };

template <TensorElement T>
inline constexpr ElementType kElementTypeOf = detail::ElementTypeOf<T>::value;

// The product of the dimensions. Errors: throws kInvalid for a negative dimension and for a tensor
// that could not be addressed.
TENON_EXPORT std::size_t ElementCount(std::span<const std::int64_t> shape);

// Where tensors start, in bytes: a cache line, and what vector instructions like best.
inline constexpr std::size_t kTensorAlignment = 64;

// A tensor whose element type is known at run time: how runtimes see all of them. Contiguous,
// row-major. A value; copies share the elements.
//
// Thread safety: as Tensor.
class TENON_EXPORT AnyTensor {
 public:
  // No elements: shape {0}, float32.
  AnyTensor() : shape_{0} {}
  // Zeroed elements (empty strings), aligned to kTensorAlignment.
  // Errors: throws kInvalid as ElementCount, bad_alloc.
  static AnyTensor Create(ElementType type, std::vector<std::int64_t> shape);
  // Around elements that exist already, without copying; `owner` keeps them alive. For kString,
  // `data` points at std::string objects.
  // Errors: throws kInvalid as ElementCount.
  static AnyTensor Wrap(ElementType type, std::vector<std::int64_t> shape, void* data,
                        std::shared_ptr<const void> owner);

  ElementType Type() const noexcept { return type_; }
  const std::vector<std::int64_t>& Shape() const noexcept { return shape_; }
  std::size_t Rank() const noexcept { return shape_.size(); }
  // Elements, and the bytes that they lie in.
  std::size_t size() const noexcept { return size_; }
  std::size_t ByteSize() const noexcept { return size_ * ElementSize(type_); }

  const void* data() const noexcept { return data_; }
  void* data() noexcept { return data_; }
  const std::shared_ptr<const void>& Owner() const noexcept { return owner_; }

  // REQUIRES: Type() == ElementType::kString.
  std::span<const std::string> Strings() const noexcept {
    return {static_cast<const std::string*>(data_), size_};
  }
  std::span<std::string> Strings() noexcept { return {static_cast<std::string*>(data_), size_}; }

  // The elements as T, or none where they are something else.
  template <TensorElement T>
  std::span<const T> Elements() const noexcept {
    if (type_ != kElementTypeOf<T>) return {};
    return {static_cast<const T*>(data_), size_};
  }

  // Elements of its own.
  AnyTensor Clone() const;
  // The same elements under another shape. Errors: throws kInvalid where the count differs.
  AnyTensor Reshape(std::vector<std::int64_t> shape) const;

 private:
  ElementType type_ = ElementType::kFloat32;
  std::vector<std::int64_t> shape_;
  std::size_t size_ = 0;
  void* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};

namespace detail {
// Errors: throws kInvalid, naming both types.
TENON_EXPORT void RequireElementType(const AnyTensor& tensor, ElementType wanted);
}  // namespace detail

// A contiguous, row-major array of T, aligned to kTensorAlignment. In JSON: nested arrays.
//
//   auto image = tenon::Tensor<float>::Create({1, 3, 224, 224});
//   std::fill(image.begin(), image.end(), 0.5F);
//
// A value whose copies share the elements: write before you hand it on, or `Clone`.
// Not for ragged data: a `std::vector<std::vector<T>>` is. Thread safety: distinct copies may be
// read at once; whoever writes must be alone with the elements.
template <TensorElement T>
class Tensor {
 public:
  using value_type = T;  // NOLINT(readability-identifier-naming): what ranges look for.

  // No elements: shape {0}.
  Tensor() : any_(Empty()) {}
  // Errors: throws kInvalid for another element type.
  explicit Tensor(AnyTensor any) : any_(std::move(any)) {
    detail::RequireElementType(any_, kElementTypeOf<T>);
  }

  // Zeroed. Errors: throws kInvalid for a negative or absurd dimension, bad_alloc.
  static Tensor Create(std::vector<std::int64_t> shape) {
    return Tensor(AnyTensor::Create(kElementTypeOf<T>, std::move(shape)));
  }

  const std::vector<std::int64_t>& Shape() const noexcept { return any_.Shape(); }
  std::size_t Rank() const noexcept { return any_.Rank(); }
  std::size_t size() const noexcept { return any_.size(); }
  bool empty() const noexcept { return size() == 0; }

  const T* data() const noexcept { return static_cast<const T*>(any_.data()); }
  T* data() noexcept { return static_cast<T*>(any_.data()); }
  const T* begin() const noexcept { return data(); }
  T* begin() noexcept { return data(); }
  const T* end() const noexcept { return data() + size(); }
  T* end() noexcept { return data() + size(); }
  // REQUIRES: index < size(); counts in row-major order.
  const T& operator[](std::size_t index) const noexcept { return data()[index]; }
  T& operator[](std::size_t index) noexcept { return data()[index]; }

  // Elements of its own.
  Tensor Clone() const { return Tensor(any_.Clone()); }
  // The same elements under another shape. Errors: throws kInvalid where the count differs.
  Tensor Reshape(std::vector<std::int64_t> shape) const {
    return Tensor(any_.Reshape(std::move(shape)));
  }

  const AnyTensor& Any() const& noexcept { return any_; }
  AnyTensor&& Any() && noexcept { return std::move(any_); }
  operator AnyTensor() const { return any_; }  // NOLINT(*-explicit-*): every tensor is one.

 private:
  static const AnyTensor& Empty() {
    static const AnyTensor empty = AnyTensor::Create(kElementTypeOf<T>, {0});
    return empty;
  }

  AnyTensor any_;
};

}  // namespace tenon
