// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names that C++20 has no other way to ask for, cut from what the compiler writes into
// `__PRETTY_FUNCTION__`. Everything here happens while compiling.

#include <array>
#include <boost/pfr/core.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tenon::schema::detail {

// Place for a T that is never made: only the addresses of its fields are of interest.
template <class T>
union Unmade {
  char nothing;
  T value;
  constexpr Unmade() noexcept : nothing() {}
  constexpr ~Unmade() {}  // NOLINT(*-use-equals-default): a T's own would make it deleted.
};
template <class T>
inline constexpr Unmade<T> kUnmade{};

// Fixed text with static storage.
template <std::size_t kSize>
struct FixedText {
  std::array<char, kSize == 0 ? 1 : kSize> characters{};
  constexpr std::string_view View() const noexcept { return {characters.data(), kSize}; }
};

template <auto* kField>
consteval std::string_view PrettyField() {
  return __PRETTY_FUNCTION__;
}

template <class T, std::size_t kIndex>
consteval std::string_view CutFieldName() {
  // "... [kField = &kUnmade.value.name]"
  std::string_view text = PrettyField<std::addressof(boost::pfr::get<kIndex>(kUnmade<T>.value))>();
  text.remove_suffix(1);
  return text.substr(text.rfind('.') + 1);
}

// The name of a struct's field. Copied, so that the long text does not end up in the program.
template <class T, std::size_t kIndex>
struct FieldNameHolder {
  static constexpr auto kText = [] {
    FixedText<CutFieldName<T, kIndex>().size()> text;
    std::size_t i = 0;
    for (const char c : CutFieldName<T, kIndex>()) text.characters[i++] = c;
    return text;
  }();
};
template <class T, std::size_t kIndex>
inline constexpr std::string_view kFieldName = FieldNameHolder<T, kIndex>::kText.View();

// Whether a pointer to member names the field of that index.
template <auto kMember, class T, std::size_t kIndex>
consteval bool IsField() {
  return static_cast<const volatile void*>(std::addressof(kUnmade<T>.value.*kMember)) ==
         static_cast<const volatile void*>(
             std::addressof(boost::pfr::get<kIndex>(kUnmade<T>.value)));
}

template <class T>
consteval std::string_view PrettyType() {
  return __PRETTY_FUNCTION__;
}

template <class T>
consteval std::string_view CutTypeName() {
  // "... [T = tenon::(anonymous namespace)::Request]"
  std::string_view text = PrettyType<T>();
  text.remove_suffix(1);
  text = text.substr(text.find("T = ") + 4);
  const std::size_t scope = text.substr(0, text.find('<')).rfind("::");
  return scope == std::string_view::npos ? text : text.substr(scope + 2);
}

template <class T>
struct TypeNameHolder {
  static constexpr auto kText = [] {
    FixedText<CutTypeName<T>().size()> text;
    std::size_t i = 0;
    for (const char c : CutTypeName<T>()) text.characters[i++] = c;
    return text;
  }();
};
// The name of a class or enum without its namespaces.
template <class T>
inline constexpr std::string_view kTypeName = TypeNameHolder<T>::kText.View();

// Enumerators are looked for in this range of values.
inline constexpr int kFirstEnumerator = -16;
inline constexpr int kLastEnumerator = 127;
inline constexpr std::size_t kEnumeratorRange = kLastEnumerator - kFirstEnumerator + 1;

template <auto... kValues>
consteval std::string_view PrettyValues() {
  return __PRETTY_FUNCTION__;
}

template <class E>
consteval bool CanBe(int value) {
  using Underlying = std::underlying_type_t<E>;
  if (std::is_same_v<Underlying, bool>) return value == 0 || value == 1;
  return std::is_signed_v<Underlying> ? (sizeof(Underlying) > 1 || value >= -128) : value >= 0;
}

// One instantiation gives all names at once: "[kValues = <(E)-16, ..., E::kRed, ...>]".
template <class E, std::size_t... kIndex>
consteval std::string_view PrettyEnum(std::index_sequence<kIndex...>) {
  return PrettyValues<static_cast<E>(
      static_cast<std::underlying_type_t<E>>(CanBe<E>(static_cast<int>(kIndex) + kFirstEnumerator)
                                                 ? static_cast<int>(kIndex) + kFirstEnumerator
                                                 : 0))...>();
}

// Calls `found(index, name)` for each value of the range that has a name.
template <class E, class Found>
consteval void EachEnumerator(Found found) {
  std::string_view text = PrettyEnum<E>(std::make_index_sequence<kEnumeratorRange>());
  text = text.substr(text.find('<') + 1);
  for (std::size_t i = 0; i < kEnumeratorRange; ++i) {
    std::size_t depth = 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
      const char c = text[end];
      if (c == '<' || c == '(') ++depth;
      if ((c == '>' || c == ',') && depth == 0) break;
      if (c == '>' || c == ')') --depth;
    }
    const std::string_view item = text.substr(0, end);
    // A value without a name is "(E)12".
    std::size_t digits = item.size();
    while (digits > 0 &&
           ((item[digits - 1] >= '0' && item[digits - 1] <= '9') || item[digits - 1] == '-')) {
      --digits;
    }
    const bool unnamed = digits == 0 || item[digits - 1] == ')';
    const bool possible = CanBe<E>(static_cast<int>(i) + kFirstEnumerator);
    if (!unnamed && possible) {
      const std::size_t scope = item.rfind("::");
      found(static_cast<int>(i) + kFirstEnumerator,
            scope == std::string_view::npos ? item : item.substr(scope + 2));
    }
    text = text.substr(end + 1);
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
}

}  // namespace tenon::schema::detail
