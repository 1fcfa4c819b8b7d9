// SPDX-License-Identifier: Apache-2.0
#pragma once

// From an element type that is known at run time to the C++ type.

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "tenon/base/error.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

// Calls `visit(std::type_identity<T>())`. Errors: throws kInternal for the half-size floats, which
// no typed tensor has.
template <class Visit>
decltype(auto) VisitElementType(ElementType type, Visit&& visit) {
  switch (type) {
    case ElementType::kBool: return visit(std::type_identity<bool>());
    case ElementType::kInt8: return visit(std::type_identity<std::int8_t>());
    case ElementType::kInt16: return visit(std::type_identity<std::int16_t>());
    case ElementType::kInt32: return visit(std::type_identity<std::int32_t>());
    case ElementType::kInt64: return visit(std::type_identity<std::int64_t>());
    case ElementType::kUint8: return visit(std::type_identity<std::uint8_t>());
    case ElementType::kUint16: return visit(std::type_identity<std::uint16_t>());
    case ElementType::kUint32: return visit(std::type_identity<std::uint32_t>());
    case ElementType::kUint64: return visit(std::type_identity<std::uint64_t>());
    case ElementType::kFloat32: return visit(std::type_identity<float>());
    case ElementType::kFloat64: return visit(std::type_identity<double>());
    case ElementType::kString: return visit(std::type_identity<std::string>());
    case ElementType::kFloat16:
    case ElementType::kBFloat16: break;
  }
  throw Error(ErrorCode::kInternal, "A tensor of " + std::string(Name(type)) +
                                        " has no JSON form; convert it to float32.");
}

// An integer of that type in memory. REQUIRES: an integer or bool type.
inline std::int64_t LoadInteger(ElementType type, const void* from) {
  return VisitElementType(type, [&]<class T>(std::type_identity<T>) -> std::int64_t {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<std::int64_t>(*static_cast<const T*>(from));
    } else {
      return 0;
    }
  });
}

inline void StoreInteger(ElementType type, std::int64_t value, void* to) {
  VisitElementType(type, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_integral_v<T>) *static_cast<T*>(to) = static_cast<T>(value);
  });
}

inline bool IsFloating(ElementType type) noexcept {
  return type == ElementType::kFloat32 || type == ElementType::kFloat64;
}

}  // namespace tenon::schema
