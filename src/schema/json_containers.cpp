// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <string>

#include "schema/element_types.hpp"
#include "schema/json_reader.hpp"

namespace tenon::schema {

bool Reader::ReadOptional(const Type& type, const Constraints& constraints, void* object,
                          const Path* path) {
  const char first = cursor_.Peek();
  if (first == 'n') {
    // It may hold what its initializer gave it.
    type.value->destroy(type, object);
    type.value->construct(type, object);
    return cursor_.ReadWord("null");
  }
  return Read(*type.element, constraints, type.optional->emplace(object), path);
}

void Reader::CheckItems(const Type& type, const Constraints& constraints, std::size_t count,
                        const Path* path) {
  if (count >= constraints.min_items.value_or(0) &&
      count <= constraints.max_items.value_or(count)) {
    return;
  }
  faults_.Add(path, "expected " + Expected(type, constraints) + ", found " + std::to_string(count));
}

bool Reader::ReadList(const Type& type, const Constraints& constraints, void* object,
                      const Path* path) {
  if (cursor_.Peek() != '[') return Mismatch(type, constraints, path);
  type.list->clear(object);
  std::size_t count = 0;
  const Kind element = type.element->kind;
  const bool is_plain =
      element == Kind::kBool || element == Kind::kInteger || element == Kind::kNumber;
  if (is_plain && type.list->append_block != nullptr) {
    if (!ReadPlainList(type, object, path, count)) return false;
  } else {
    const bool is_json = cursor_.EachElement([&](std::size_t index) {
      const Path here{.outer = path, .key = {}, .index = index};
      ++count;
      return Read(*type.element, kNoConstraints, type.list->append(object), &here);
    });
    if (!is_json) return false;
  }
  CheckItems(type, constraints, count, path);
  return true;
}

// Numbers go into the vector a block at a time: a call through the table for each would cost more
// than reading it.
bool Reader::ReadPlainList(const Type& type, void* object, const Path* path, std::size_t& count) {
  constexpr std::size_t kBlockBytes = 2048;
  return VisitElementType(type.element->representation,
                          [&]<class T>(std::type_identity<T>) -> bool {
                            if constexpr (std::is_arithmetic_v<T>) {
                              std::array<T, kBlockBytes / sizeof(T)> block;
                              std::size_t filled = 0;
                              const bool is_json = cursor_.EachElement([&](std::size_t index) {
                                if (filled == block.size()) {
                                  type.list->append_block(object, block.data(), filled);
                                  filled = 0;
                                }
                                ++count;
                                T& value = block[filled++];
                                value = T{};
                                return ReadElement(value, path, index);
                              });
                              type.list->append_block(object, block.data(), filled);
                              return is_json;
                            } else {
                              return cursor_.Skip();
                            }
                          });
}

bool Reader::ReadArray(const Type& type, void* object, const Path* path) {
  if (cursor_.Peek() != '[') return Mismatch(type, kNoConstraints, path);
  auto* const elements = static_cast<std::byte*>(object);
  std::size_t count = 0;
  const bool is_json = cursor_.EachElement([&](std::size_t index) {
    const Path here{.outer = path, .key = {}, .index = index};
    ++count;
    if (index >= type.length) return cursor_.Skip();
    return Read(*type.element, kNoConstraints, elements + index * type.element->size, &here);
  });
  if (!is_json) return false;
  if (count != type.length) {
    faults_.Add(path,
                "expected " + Expected(type, kNoConstraints) + ", found " + std::to_string(count));
  }
  return true;
}

bool Reader::ReadMap(const Type& type, const Constraints& constraints, void* object,
                     const Path* path) {
  if (cursor_.Peek() != '{') return Mismatch(type, constraints, path);
  type.map->clear(object);
  const bool is_json = cursor_.EachMember([&](std::string_view key) {
    const Path here{.outer = path, .key = key, .index = Path::kNoIndex};
    void* const value = type.map->insert(object, std::string(key));
    if (value != nullptr) return Read(*type.element, kNoConstraints, value, &here);
    faults_.Add(&here, "this key comes twice");
    return cursor_.Skip();
  });
  if (!is_json) return false;
  CheckItems(type, constraints, type.map->size(object), path);
  return true;
}

}  // namespace tenon::schema
