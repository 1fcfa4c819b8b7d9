// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Type of a C++ type.
//
// Reads and writes: bool, integers, float, double, std::string, std::optional, std::vector,
// std::array, std::map and std::unordered_map with std::string keys, enums, std::chrono durations,
// std::filesystem::path, Bytes, Tensor<T>, RawJson, Secret, Record, and structs of all of these.
// A struct is an aggregate of at most 64 fields without bases, C arrays, references, string_view or
// span; it may contain itself through a vector or a map. It says more of its fields with `Describe`
// (describe.hpp).
//
// Enums have a fixed underlying type (every `enum class` has); their enumerators lie in -16..127.

#include <array>
#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tenon/schema/bytes.hpp"
#include "tenon/schema/checks.hpp"
#include "tenon/schema/describe.hpp"
#include "tenon/schema/names.hpp"
#include "tenon/schema/operations.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/secret.hpp"
#include "tenon/schema/tensor.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

class Record;

namespace detail {

// Constant-initialised, so that types may refer to themselves and nothing is made at start.
template <class T>
struct TypeHolder {
  static const Type kType;
};

template <class T>
consteval ElementType Representation() {
  if constexpr (std::is_same_v<T, bool>) {
    return ElementType::kBool;
  } else if constexpr (std::is_same_v<T, float>) {
    return ElementType::kFloat32;
  } else if constexpr (std::is_same_v<T, double>) {
    return ElementType::kFloat64;
  } else if constexpr (std::is_signed_v<T>) {
    return sizeof(T) == 1   ? ElementType::kInt8
           : sizeof(T) == 2 ? ElementType::kInt16
           : sizeof(T) == 4 ? ElementType::kInt32
                            : ElementType::kInt64;
  } else {
    return sizeof(T) == 1   ? ElementType::kUint8
           : sizeof(T) == 2 ? ElementType::kUint16
           : sizeof(T) == 4 ? ElementType::kUint32
                            : ElementType::kUint64;
  }
}

template <class T>
inline constexpr bool kIsInteger =
    std::integral<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> &&
    !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> &&
    !std::is_same_v<T, char32_t> && sizeof(T) <= 8;

// A kind and its element; specialised for what has one.
template <class T>
struct ContainerTraits {
  static constexpr bool kIs = false;
};
template <class T>
struct ContainerTraits<std::optional<T>> {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type& type) {
    type.kind = Kind::kOptional;
    type.element = &TypeHolder<T>::kType;
    type.optional = &kOptionalOperations<T>;
  }
};
template <class T>
struct ContainerTraits<std::optional<std::optional<T>>> {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type&) {
    static_assert(sizeof(T) == 0,
                  "tenon: an optional of an optional has no JSON form: null would mean both.");
  }
};
template <class T, class Allocator>
struct ContainerTraits<std::vector<T, Allocator>> {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type& type) {
    type.kind = Kind::kList;
    type.element = &TypeHolder<T>::kType;
    type.list = &kListOperations<T, Allocator>;
  }
};
template <class T, std::size_t kLength>
struct ContainerTraits<std::array<T, kLength>> {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type& type) {
    type.kind = Kind::kArray;
    type.element = &TypeHolder<T>::kType;
    type.length = kLength;
  }
};
template <class Map>
struct MapTraits {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type& type) {
    static_assert(std::is_same_v<typename Map::key_type, std::string>,
                  "tenon: a map's keys must be std::string, as JSON's are.");
    type.kind = Kind::kMap;
    type.element = &TypeHolder<typename Map::mapped_type>::kType;
    type.map = &kMapOperations<Map>;
  }
};
template <class K, class T, class... Rest>
struct ContainerTraits<std::map<K, T, Rest...>> : MapTraits<std::map<K, T, Rest...>> {};
template <class K, class T, class... Rest>
struct ContainerTraits<std::unordered_map<K, T, Rest...>>
    : MapTraits<std::unordered_map<K, T, Rest...>> {};
template <class T>
struct ContainerTraits<Tensor<T>> {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type& type) {
    type.kind = Kind::kTensor;
    type.representation = kElementTypeOf<T>;
    type.tensor = &kTensorOperations<T>;
  }
};
template <class Rep, class TickPeriod>
struct ContainerTraits<std::chrono::duration<Rep, TickPeriod>> {
  static constexpr bool kIs = true;
  static constexpr void Fill(Type& type) {
    static_assert(kIsInteger<Rep> || std::is_same_v<Rep, float> || std::is_same_v<Rep, double>,
                  "tenon: a duration must count in an integer, float or double.");
    type.kind = Kind::kDuration;
    type.representation = Representation<Rep>();
    type.period = {.numerator = TickPeriod::num, .denominator = TickPeriod::den};
  }
};

// The enumerators of E, found while compiling.
template <class E>
struct EnumeratorTable {
  static constexpr std::size_t kCount = [] {
    std::size_t count = 0;
    EachEnumerator<E>([&](int, std::string_view) { ++count; });
    return count;
  }();
  static constexpr std::size_t kCharacters = [] {
    std::size_t characters = 0;
    EachEnumerator<E>([&](int, std::string_view name) { characters += name.size(); });
    return characters;
  }();
  // The names, one after the other.
  static constexpr auto kNames = [] {
    FixedText<kCharacters> text;
    std::size_t i = 0;
    EachEnumerator<E>([&](int, std::string_view name) {
      for (const char c : name) text.characters[i++] = c;
    });
    return text;
  }();
  static constexpr auto kRows = [] {
    std::array<Enumerator, kCount> rows{};
    std::size_t i = 0;
    std::size_t start = 0;
    EachEnumerator<E>([&](int value, std::string_view name) {
      rows[i++] = {kNames.View().substr(start, name.size()), value};
      start += name.size();
    });
    return rows;
  }();
};

template <class T>
inline constexpr bool kIsDescription = false;
template <class... Fields>
inline constexpr bool kIsDescription<const StructDescription<Fields...>> = true;

template <class T>
concept Described = requires { requires kIsDescription<decltype(T::schema)>; };

template <class T, std::size_t kIndex>
consteval auto DescriptionOfField() {
  struct Found {
    Constraints constraints;
    std::string_view name;
  } found{{}, kFieldName<T, kIndex>};
  if constexpr (Described<T>) {
    std::apply(
        [&]<class... Fields>(const Fields&... fields) {
          const auto look = [&]<class Field>(const Field& field) {
            using Owner = typename MemberOf<std::remove_cv_t<decltype(Field::kPointer)>>::Struct;
            static_assert(std::is_same_v<Owner, T>,
                          "tenon: the schema of a struct describes a field of another struct.");
            if constexpr (std::is_same_v<Owner, T>) {
              if (!IsField<Field::kPointer, T, kIndex>()) return;
              found.constraints = field.Content();
              if (!field.JsonName().empty()) found.name = field.JsonName();
            }
          };
          (look(fields), ...);
        },
        T::schema.fields);
  }
  return found;
}

// What is constant of one field: its key text and constraints.
template <class T, std::size_t kIndex>
struct MemberHolder {
  static constexpr auto kDescription = DescriptionOfField<T, kIndex>();
  static constexpr auto kKey = [] {
    FixedText<kDescription.name.size() + 3> text;
    std::size_t i = 0;
    text.characters[i++] = '"';
    for (const char c : kDescription.name) text.characters[i++] = c;
    text.characters[i++] = '"';
    text.characters[i++] = ':';
    return text;
  }();
  static constexpr bool kNameIsPlain = [] {
    for (const char c : kDescription.name) {
      if (c < ' ' || c > '~' || c == '"' || c == '\\') return false;
    }
    return !kDescription.name.empty();
  }();
  static_assert(kNameIsPlain,
                "tenon: a field's name in JSON must be printable ASCII without quotes and "
                "backslashes.");

  static constexpr Member Row() {
    using Value = std::remove_cvref_t<decltype(boost::pfr::get<kIndex>(std::declval<T&>()))>;
    return {.name = kKey.View().substr(1, kDescription.name.size()),
            .key = kKey.View(),
            .type = &TypeHolder<Value>::kType,
            .locate = [](void* object, std::size_t) -> void* {
              return std::addressof(boost::pfr::get<kIndex>(*static_cast<T*>(object)));
            },
            .offset = 0,
            .constraints = &kDescription.constraints,
            .field = kFieldName<T, kIndex>};
  }
};

template <class T>
struct MemberTable {
  static constexpr std::size_t kCount = boost::pfr::tuple_size_v<T>;
  static constexpr auto kRows = []<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    return std::array<Member, kCount>{MemberHolder<T, kIndex>::Row()...};
  }(std::make_index_sequence<kCount>());

  static constexpr bool kNamesDiffer = [] {
    for (std::size_t i = 0; i < kCount; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (kRows[i].name == kRows[j].name) return false;
      }
    }
    return true;
  }();
  static_assert(kNamesDiffer, "tenon: two fields of a struct have the same name in JSON.");
};

template <class T>
constexpr Type MakeType() {
  Type type;
  type.size = sizeof(T);
  type.alignment = alignof(T);
  if constexpr (ContainerTraits<T>::kIs) {
    ContainerTraits<T>::Fill(type);
  } else if constexpr (std::is_same_v<T, bool>) {
    type.kind = Kind::kBool;
    type.representation = ElementType::kBool;
  } else if constexpr (kIsInteger<T>) {
    type.kind = Kind::kInteger;
    type.representation = Representation<T>();
  } else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    type.kind = Kind::kNumber;
    type.representation = Representation<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    type.kind = Kind::kString;
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    type.kind = Kind::kPath;
  } else if constexpr (std::is_same_v<T, Secret>) {
    type.kind = Kind::kSecret;
  } else if constexpr (std::is_same_v<T, Bytes>) {
    type.kind = Kind::kBytes;
  } else if constexpr (std::is_same_v<T, RawJson>) {
    type.kind = Kind::kJson;
  } else if constexpr (std::is_same_v<T, Record>) {
    type.kind = Kind::kRecord;
  } else if constexpr (std::is_enum_v<T>) {
    constexpr bool kFixed = requires { T{std::underlying_type_t<T>{}}; };
    static_assert(
        kFixed, "tenon: an enum needs a fixed underlying type: `enum class E` or `enum E : int`.");
    if constexpr (kFixed) {
      static_assert(EnumeratorTable<T>::kCount > 0,
                    "tenon: an enum has no enumerator with a value in -16..127.");
      type.kind = Kind::kEnum;
      type.name = kTypeName<T>;
      type.representation = Representation<std::underlying_type_t<T>>();
      type.enumerators = EnumeratorTable<T>::kRows;
    }
  } else if constexpr (CheckValue<T>() && CheckStruct<T>()) {
    type.kind = Kind::kStruct;
    type.name = kTypeName<T>;
    type.members = MemberTable<T>::kRows;
    if constexpr (Described<T>) type.description = T::schema.description;
  }
  // Of a type that was refused there is nothing more to say than the refusal.
  if constexpr (std::is_default_constructible_v<T> && std::is_copy_constructible_v<T>) {
    type.value = &kValueOperations<T>;
  }
  return type;
}

template <class T>
constinit const Type TypeHolder<T>::kType = MakeType<T>();

}  // namespace detail

// The table of a C++ type; what cannot be one does not compile, and says why.
// Lifetime: that of the program or module. Thread safety: thread-safe.
template <class T>
const Type& TypeOf() {
  return detail::TypeHolder<std::remove_cvref_t<T>>::kType;
}

}  // namespace tenon::schema
