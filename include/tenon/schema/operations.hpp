// SPDX-License-Identifier: Apache-2.0
#pragma once

// The few things that only compiled code can do with a container, as tables of functions.

#include <cstddef>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tenon/schema/tensor.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema::detail {

template <class T>
inline constexpr ValueOperations kValueOperations{
    .construct = [](const Type&, void* place) { ::new (place) T(); },
    .copy = [](const Type&, void* place,
               const void* other) { ::new (place) T(*static_cast<const T*>(other)); },
    .destroy = [](const Type&, void* object) noexcept { static_cast<T*>(object)->~T(); },
};

template <class T>
inline constexpr OptionalOperations kOptionalOperations{
    .emplace = [](void* optional) -> void* {
      return &static_cast<std::optional<T>*>(optional)->emplace();
    },
    .get = [](const void* optional) -> const void* {
      const auto& content = *static_cast<const std::optional<T>*>(optional);
      return content ? &*content : nullptr;
    },
};

// Copied as memory, many elements at once.
template <class T>
concept PlainElement = std::is_arithmetic_v<T>;

template <class T, class Allocator>
consteval ListOperations MakeListOperations() {
  using List = std::vector<T, Allocator>;
  ListOperations operations{
      .size = [](const void* list) { return static_cast<const List*>(list)->size(); },
      .clear = [](void* list) { static_cast<List*>(list)->clear(); },
      .append = nullptr,
      .data = nullptr,
      .append_block = nullptr,
      .copy_block = nullptr,
  };
  if constexpr (!std::is_same_v<T, bool>) {
    operations.append = [](void* list) -> void* {
      return &static_cast<List*>(list)->emplace_back();
    };
    operations.data = [](const void* list) -> const void* {
      return static_cast<const List*>(list)->data();
    };
  }
  if constexpr (PlainElement<T>) {
    operations.append_block = [](void* list, const void* elements, std::size_t count) {
      auto& to = *static_cast<List*>(list);
      const T* first = static_cast<const T*>(elements);
      to.insert(to.end(), first, first + count);
    };
    operations.copy_block = [](const void* list, std::size_t first, std::size_t count,
                               void* elements) {
      const auto& from = *static_cast<const List*>(list);
      T* to = static_cast<T*>(elements);
      for (std::size_t i = 0; i < count; ++i) to[i] = from[first + i];
    };
  }
  return operations;
}
template <class T, class Allocator>
inline constexpr ListOperations kListOperations = MakeListOperations<T, Allocator>();

template <class Map>
inline constexpr MapOperations kMapOperations{
    .size = [](const void* map) { return static_cast<const Map*>(map)->size(); },
    .clear = [](void* map) { static_cast<Map*>(map)->clear(); },
    .insert = [](void* map, std::string&& key) -> void* {
      const auto [place, inserted] = static_cast<Map*>(map)->try_emplace(std::move(key));
      return inserted ? &place->second : nullptr;
    },
    .each =
        [](const void* map, void* context, MapOperations::Visit visit) {
          for (const auto& [key, value] : *static_cast<const Map*>(map))
            visit(context, key, &value);
        },
};

template <class T>
inline constexpr TensorOperations kTensorOperations{
    .assign =
        [](void* tensor, AnyTensor&& value) {
          *static_cast<Tensor<T>*>(tensor) = Tensor<T>(std::move(value));
        },
    .get = [](const void* tensor) -> const AnyTensor& {
      return static_cast<const Tensor<T>*>(tensor)->Any();
    },
};

}  // namespace tenon::schema::detail
