// SPDX-License-Identifier: Apache-2.0
#include "schema/tensor_cast.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "schema/element_types.hpp"

namespace tenon::schema {
namespace {

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

// False where `to` cannot hold the value.
template <Number From, Number To>
bool Cast(From value, To& to) noexcept {
  if constexpr (std::is_floating_point_v<To>) {
    to = static_cast<To>(value);
    if constexpr (std::is_floating_point_v<From>) {
      return std::isfinite(to) || !std::isfinite(value);
    }
    return true;
  } else if constexpr (std::is_integral_v<From>) {
    to = static_cast<To>(value);  // NOLINT(bugprone-signed-char-misuse): a number.
    return std::in_range<To>(value);
  } else {
    // Both limits are powers of two, which floats hold exactly.
    constexpr auto kLeast = static_cast<double>(std::numeric_limits<To>::min());
    const double kBeyond = std::ldexp(1.0, std::numeric_limits<To>::digits);
    const auto wide = static_cast<double>(value);
    if (!(wide >= kLeast && wide < kBeyond) || wide != std::trunc(wide)) return false;
    to = static_cast<To>(value);
    return true;
  }
}

template <Number From, Number To>
Result<AnyTensor> CastNumbers(const AnyTensor& tensor, ElementType type) {
  AnyTensor cast = AnyTensor::Create(type, tensor.Shape());
  auto* to = static_cast<To*>(cast.data());
  const std::span<const From> elements = tensor.Elements<From>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (Cast(elements[i], to[i])) continue;
    return Error(ErrorCode::kInvalid,
                 fmt::format("element {} is {}, which is no {}", i, elements[i], Name(type)));
  }
  return cast;
}

}  // namespace

Result<AnyTensor> CastTensor(AnyTensor tensor, ElementType to) {
  if (tensor.Type() == to) return tensor;
  return VisitElementType(tensor.Type(), [&]<class From>(std::type_identity<From>) {
    return VisitElementType(to, [&]<class To>(std::type_identity<To>) -> Result<AnyTensor> {
      if constexpr (Number<From> && Number<To>) {
        return CastNumbers<From, To>(tensor, to);
      } else {
        return Error(ErrorCode::kInvalid,
                     fmt::format("{} cannot be made of {}", Name(to), Name(tensor.Type())));
      }
    });
  });
}

}  // namespace tenon::schema
