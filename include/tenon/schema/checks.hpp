// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a struct must be to be read and written, each rule with a sentence of its own when it is
// broken. Checked before Boost.PFR sees the struct, which would say it less plainly.

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tenon::schema::detail {

inline constexpr std::size_t kMaxFields = 64;

// Becomes whatever a field wants. Never called; defined all the same, since a function that takes a
// type without linkage must be.
struct Anything {
  template <class T>
  operator T&() const&& noexcept {  // NOLINT(*-explicit-*)
    __builtin_unreachable();
  }
  template <class T>
  operator T&() const& noexcept {  // NOLINT(*-explicit-*)
    __builtin_unreachable();
  }
};
template <std::size_t>
using AnythingAt = Anything;

// Becomes only what T inherits from.
template <class T>
struct BaseOf {
  template <class Base>
    requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>)
  operator Base() const noexcept;  // NOLINT(*-explicit-*)
};

template <class T, std::size_t... kIndex>
consteval bool TakesInitializers(std::index_sequence<kIndex...>) {
  return requires { T{AnythingAt<kIndex>{}...}; };
}

// Whether `{}` in one place still leaves a place for each of the others: not so where several
// initializers fill one C array.
template <class T, std::size_t... kBefore, std::size_t... kAfter>
consteval bool TakesEmpty(std::index_sequence<kBefore...>, std::index_sequence<kAfter...>) {
  return requires { T{AnythingAt<kBefore>{}..., {}, AnythingAt<kAfter>{}...}; };
}

// Initializers that T takes, counted up to one more than is allowed.
template <class T, std::size_t kCount = 0>
consteval std::size_t CountInitializers() {
  if constexpr (kCount > kMaxFields) {
    return kCount;
  } else if constexpr (TakesInitializers<T>(std::make_index_sequence<kCount + 1>())) {
    return CountInitializers<T, kCount + 1>();
  } else {
    return kCount;
  }
}

template <class T, std::size_t kCount, std::size_t... kIndex>
consteval bool HasCArray(std::index_sequence<kIndex...>) {
  return !(TakesEmpty<T>(std::make_index_sequence<kIndex>(),
                         std::make_index_sequence<kCount - 1 - kIndex>()) &&
           ...);
}

enum class Fitness : unsigned char {
  kFits,
  kNotAggregate,
  kReference,
  kConst,
  kBase,
  kTooManyFields,
  kCArray,
};

template <class T>
consteval Fitness FitnessOf() {
  if constexpr (!std::is_aggregate_v<T>) {
    return Fitness::kNotAggregate;
  } else if constexpr (!std::is_default_constructible_v<T>) {
    return Fitness::kReference;
  } else if constexpr (!std::is_move_assignable_v<T>) {
    return Fitness::kConst;
  } else if constexpr (requires { T{BaseOf<T>{}}; }) {
    return Fitness::kBase;
  } else {
    constexpr std::size_t kCount = CountInitializers<T>();
    if constexpr (kCount > kMaxFields) {
      return Fitness::kTooManyFields;
    } else if constexpr (HasCArray<T, kCount>(std::make_index_sequence<kCount>())) {
      return Fitness::kCArray;
    } else {
      return Fitness::kFits;
    }
  }
}

// Whether T is a struct that can be read and written; says why not.
template <class T>
consteval bool CheckStruct() {
  constexpr Fitness kFitness = FitnessOf<T>();
  static_assert(
      kFitness != Fitness::kNotAggregate,
      "tenon: this type has no JSON form. A struct must be an aggregate: no constructors, "
      "no private fields, no virtual functions.");
  static_assert(kFitness != Fitness::kReference,
                "tenon: a struct has a reference, or a field that cannot be default-constructed; "
                "its fields must be values that exist before they are read.");
  static_assert(kFitness != Fitness::kConst,
                "tenon: a struct has a const field or a reference; its fields must be values that "
                "can be assigned.");
  static_assert(kFitness != Fitness::kBase,
                "tenon: a struct must not have base classes; make the base a field.");
  static_assert(
      kFitness != Fitness::kTooManyFields,
      "tenon: a struct may have at most 64 fields; group some into structs of their own.");
  static_assert(kFitness != Fitness::kCArray,
                "tenon: a struct has a C array (which alone, or with its other fields, would count "
                "more than 64); use std::array or std::vector.");
  return kFitness == Fitness::kFits;
}

template <class T>
inline constexpr bool kIsSpan = false;
template <class T, std::size_t kExtent>
inline constexpr bool kIsSpan<std::span<T, kExtent>> = true;

// Whether a field of this type owns what it holds and means something in JSON; says why not. What
// is left is a struct, and CheckStruct's matter.
template <class T>
consteval bool CheckValue() {
  constexpr bool kView = std::is_same_v<T, std::string_view>;
  constexpr bool kSpan = kIsSpan<T>;
  constexpr bool kPointer = std::is_pointer_v<T> || std::is_member_pointer_v<T>;
  constexpr bool kCArray = std::is_array_v<T>;
  constexpr bool kCharacter = std::is_same_v<T, char> || std::is_same_v<T, wchar_t> ||
                              std::is_same_v<T, char8_t> || std::is_same_v<T, char16_t> ||
                              std::is_same_v<T, char32_t>;
  constexpr bool kOther = std::is_fundamental_v<T> && !kCharacter;
  static_assert(!kView, "tenon: std::string_view owns no text; use std::string.");
  static_assert(!kSpan, "tenon: std::span owns no elements; use std::vector.");
  static_assert(!kPointer, "tenon: a pointer has no JSON form; use std::optional or std::vector.");
  static_assert(!kCArray, "tenon: a struct has a C array; use std::array or std::vector.");
  static_assert(!kCharacter,
                "tenon: a character type has no JSON form; use std::string, or std::int8_t for a "
                "small number.");
  static_assert(!kOther, "tenon: this arithmetic type has no JSON form; use float or double.");
  return !kView && !kSpan && !kPointer && !kCArray && !kCharacter && !kOther;
}

}  // namespace tenon::schema::detail
