// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a struct says more of its fields than C++ does: defaults, limits, descriptions.
//
//   struct Request {
//     std::string text;
//     int k = 5;
//     std::optional<std::string> language;
//
//     static constexpr auto schema = tenon::Describe(
//         tenon::Field<&Request::text>().Description("What to classify.").MaxLength(1000),
//         tenon::Field<&Request::k>().Default(5).Minimum(1).Maximum(10));
//   };
//
// The member is optional, and so is every field in it. A request field is required unless it is a
// `std::optional` or has a Default; a settings field's initializer is its default unless it is
// Required. What a limit forbids is answered with 422 and stands in `/openapi.json`.
//
// A limit that makes no sense for the field's type does not compile.

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "tenon/schema/constraints.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon {

namespace schema::detail {

template <class M>
struct MemberOf;
template <class S, class M>
struct MemberOf<M S::*> {
  using Struct = S;
  using Value = M;
};

template <class T>
struct WithoutOptional {
  using Type = T;
};
template <class T>
struct WithoutOptional<std::optional<T>> {
  using Type = T;
};

template <class T>
inline constexpr bool kIsDuration = false;
template <class Rep, class Period>
inline constexpr bool kIsDuration<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool kIsTensor = false;
template <class T>
inline constexpr bool kIsTensor<Tensor<T>> = true;

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <class T>
concept Quantity = Number<T> || kIsDuration<T>;
template <class T>
concept Container = requires(const T& value) {
  value.size();
  typename T::value_type;
} && !std::is_same_v<T, std::string> && !kIsTensor<T>;

template <Quantity T>
constexpr long double AsNumber(T value) {
  if constexpr (kIsDuration<T>) {
    return std::chrono::duration<long double>(value).count();
  } else {
    return static_cast<long double>(value);
  }
}

}  // namespace schema::detail

// A field's name, checked by the compiler, and what is said of it. Each function returns a copy
// that says one thing more.
template <auto kMember>
class FieldDescription {
  using Value = typename schema::detail::WithoutOptional<
      typename schema::detail::MemberOf<decltype(kMember)>::Value>::Type;
  using Source = schema::DefaultValue::Source;

 public:
  static constexpr auto kPointer = kMember;

  constexpr FieldDescription Description(std::string_view text) const {
    return With([&](schema::Constraints& to) { to.description = text; });
  }
  // Another name in JSON, for what is no C++ identifier: "max-length", "class". Settings keep the
  // field's own.
  constexpr FieldDescription Name(std::string_view json_name) const {
    FieldDescription copy = *this;
    copy.name_ = json_name;
    return copy;
  }

  // The field may be left out, and has then what its initializer says.
  constexpr FieldDescription Default() const {
    return With(
        [](schema::Constraints& to) { to.default_value = {.source = Source::kInitializer}; });
  }
  // The field may be left out, and is then this.
  constexpr FieldDescription Default(Value value) const
    requires std::same_as<Value, bool>
  {
    return WithDefault({.source = Source::kBool, .boolean = value});
  }
  constexpr FieldDescription Default(Value value) const
    requires schema::detail::Quantity<Value>
  {
    return WithDefault({.source = std::integral<Value> ? Source::kInteger : Source::kNumber,
                        .number = schema::detail::AsNumber(value)});
  }
  constexpr FieldDescription Default(Value value) const
    requires std::is_enum_v<Value>
  {
    return WithDefault(
        {.source = Source::kInteger,
         .number = static_cast<long double>(static_cast<std::underlying_type_t<Value>>(value))});
  }
  constexpr FieldDescription Default(std::string_view value) const
    requires std::same_as<Value, std::string>
  {
    return WithDefault({.source = Source::kText, .text = value});
  }
  // A setting without which nothing starts.
  constexpr FieldDescription Required() const {
    return With([](schema::Constraints& to) { to.required = true; });
  }

  constexpr FieldDescription Minimum(Value value) const
    requires schema::detail::Quantity<Value>
  {
    return With([&](schema::Constraints& to) { to.minimum = schema::detail::AsNumber(value); });
  }
  constexpr FieldDescription Maximum(Value value) const
    requires schema::detail::Quantity<Value>
  {
    return With([&](schema::Constraints& to) { to.maximum = schema::detail::AsNumber(value); });
  }
  constexpr FieldDescription ExclusiveMinimum(Value value) const
    requires schema::detail::Quantity<Value>
  {
    return With(
        [&](schema::Constraints& to) { to.exclusive_minimum = schema::detail::AsNumber(value); });
  }
  constexpr FieldDescription ExclusiveMaximum(Value value) const
    requires schema::detail::Quantity<Value>
  {
    return With(
        [&](schema::Constraints& to) { to.exclusive_maximum = schema::detail::AsNumber(value); });
  }

  // In Unicode characters.
  constexpr FieldDescription MinLength(std::size_t characters) const
    requires std::same_as<Value, std::string>
  {
    return With([&](schema::Constraints& to) { to.min_length = characters; });
  }
  constexpr FieldDescription MaxLength(std::size_t characters) const
    requires std::same_as<Value, std::string>
  {
    return With([&](schema::Constraints& to) { to.max_length = characters; });
  }
  constexpr FieldDescription MinItems(std::size_t items) const
    requires schema::detail::Container<Value>
  {
    return With([&](schema::Constraints& to) { to.min_items = items; });
  }
  constexpr FieldDescription MaxItems(std::size_t items) const
    requires schema::detail::Container<Value>
  {
    return With([&](schema::Constraints& to) { to.max_items = items; });
  }
  // The dimensions of a tensor, -1 where any length goes: `.Shape(-1, 3, 224, 224)`.
  template <std::integral... Dimensions>
  constexpr FieldDescription Shape(Dimensions... dimensions) const
    requires(schema::detail::kIsTensor<Value> &&
             sizeof...(Dimensions) <= schema::ShapeLimit::kMaxRank)
  {
    return With([&](schema::Constraints& to) {
      to.shape = schema::ShapeLimit{.rank = sizeof...(Dimensions),
                                    .dimensions = {static_cast<std::int64_t>(dimensions)...}};
    });
  }

  constexpr const schema::Constraints& Content() const noexcept { return content_; }
  constexpr std::string_view JsonName() const noexcept { return name_; }

 private:
  template <class Change>
  constexpr FieldDescription With(Change change) const {
    FieldDescription copy = *this;
    change(copy.content_);
    return copy;
  }
  constexpr FieldDescription WithDefault(schema::DefaultValue value) const {
    return With([&](schema::Constraints& to) { to.default_value = value; });
  }

  schema::Constraints content_;
  std::string_view name_;
};

// The start of what is said of one field.
template <auto kMember>
  requires std::is_member_object_pointer_v<decltype(kMember)>
constexpr FieldDescription<kMember> Field() {
  return {};
}

// What is said of a struct: its description, and those of some of its fields in any order.
template <class... Fields>
struct StructDescription {
  std::string_view description;
  std::tuple<Fields...> fields;
};

template <auto... kMembers>
constexpr auto Describe(std::string_view description, FieldDescription<kMembers>... fields) {
  return StructDescription<FieldDescription<kMembers>...>{description, {fields...}};
}
template <auto... kMembers>
constexpr auto Describe(FieldDescription<kMembers>... fields) {
  return StructDescription<FieldDescription<kMembers>...>{{}, {fields...}};
}

}  // namespace tenon
