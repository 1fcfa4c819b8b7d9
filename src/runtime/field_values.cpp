// SPDX-License-Identifier: Apache-2.0
#include "runtime/field_values.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <string>

namespace tenon::runtime {
namespace {

using schema::Kind;
using schema::Type;

std::optional<ElementType> ElementOf(const Type& type) noexcept {
  switch (type.kind) {
    case Kind::kBool:
    case Kind::kInteger:
    case Kind::kNumber: return type.representation;
    case Kind::kString: return ElementType::kString;
    default: return std::nullopt;
  }
}

std::byte* Place(AnyTensor& tensor, std::size_t at) noexcept {
  return static_cast<std::byte*>(tensor.data()) + at * ElementSize(tensor.Type());
}
const std::byte* Place(const AnyTensor& tensor, std::size_t at) noexcept {
  return static_cast<const std::byte*>(tensor.data()) + at * ElementSize(tensor.Type());
}

// `count` elements that lie one behind the other on both sides.
void CopyElements(ElementType type, const void* from, void* to, std::size_t count) {
  if (count == 0) return;
  if (type == ElementType::kString) {
    std::copy_n(static_cast<const std::string*>(from), count, static_cast<std::string*>(to));
  } else {
    std::memcpy(to, from, count * ElementSize(type));
  }
}

}  // namespace

std::optional<FieldShape> ShapeOfField(const Type& type) noexcept {
  if (type.kind == Kind::kTensor) return FieldShape{type.representation, 0};
  if (const auto element = ElementOf(type)) return FieldShape{*element, 0};
  const bool list = type.kind == Kind::kList && type.list->data != nullptr;
  if (!list && type.kind != Kind::kArray) return std::nullopt;
  const auto element = ElementOf(*type.element);
  if (!element) return std::nullopt;
  return FieldShape{*element, 1};
}

std::vector<std::int64_t> ShapeOfValue(const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::kTensor: return type.tensor->get(value).Shape();
    case Kind::kArray: return {static_cast<std::int64_t>(type.length)};
    case Kind::kList: return {static_cast<std::int64_t>(type.list->size(value))};
    default: return {};
  }
}

void CopyIn(const Type& type, const void* value, AnyTensor& tensor, std::size_t at) {
  const void* from = value;
  std::size_t count = 1;
  if (type.kind == Kind::kTensor) {
    const AnyTensor& whole = type.tensor->get(value);
    from = whole.data();
    count = whole.size();
  } else if (type.kind == Kind::kList) {
    from = type.list->data(value);
    count = type.list->size(value);
  } else if (type.kind == Kind::kArray) {
    count = type.length;
  }
  CopyElements(tensor.Type(), from, Place(tensor, at), count);
}

void CopyColumn(const void* number, ElementType element, AnyTensor& tensor, std::size_t at) {
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  constexpr double kMissingDouble = std::numeric_limits<double>::quiet_NaN();
  if (number != nullptr) {
    CopyElements(element, number, Place(tensor, at), 1);
  } else if (element == ElementType::kFloat32) {
    CopyElements(element, &kMissing, Place(tensor, at), 1);
  } else if (element == ElementType::kFloat64) {
    CopyElements(element, &kMissingDouble, Place(tensor, at), 1);
  }
}

bool CopyOut(const AnyTensor& tensor, std::size_t at, const std::vector<std::int64_t>& shape,
             const Type& type, void* value) {
  const std::size_t count = ElementCount(shape);
  const ElementType element = tensor.Type();
  if (type.kind == Kind::kTensor) {
    AnyTensor whole = AnyTensor::Create(element, shape);
    CopyElements(element, Place(tensor, at), whole.data(), count);
    type.tensor->assign(value, std::move(whole));
    return true;
  }
  if (type.kind == Kind::kList) {
    type.list->clear(value);
    if (type.list->append_block != nullptr) {
      type.list->append_block(value, Place(tensor, at), count);
      return true;
    }
    for (std::size_t i = 0; i < count; ++i) {
      CopyElements(element, Place(tensor, at + i), type.list->append(value), 1);
    }
    return true;
  }
  if (count != (type.kind == Kind::kArray ? type.length : 1)) return false;
  CopyElements(element, Place(tensor, at), value, count);
  return true;
}

}  // namespace tenon::runtime
