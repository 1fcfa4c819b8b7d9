// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known of a type: the one table that the reader, the writer, OpenAPI and the settings
// interpret. Reflection (reflect.hpp) makes it from a C++ type, TypeBuilder (record.hpp) at run
// time; nothing that uses it can tell the difference.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/schema/constraints.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

struct Type;

// How a value is laid out, and what it is in JSON.
enum class Kind : std::uint8_t {
  kBool,
  kInteger,   // `representation` says which. 1.0 and 1e3 are integers, as JSON Schema has it.
  kNumber,    // float or double. Non-finite values are written as null and counted.
  kString,    // std::string, always UTF-8; NUL is a character like any other.
  kPath,      // std::filesystem::path, as a string without NUL.
  kSecret,    // Read as a string, written as "***".
  kEnum,      // The enumerator's name.
  kDuration,  // std::chrono::duration, as a number of seconds.
  kBytes,     // base64.
  kJson,      // RawJson: any value.
  kOptional,  // null when empty.
  kList,      // std::vector: an array.
  kArray,     // std::array: an array of exactly `length` elements.
  kMap,       // Keyed by std::string: an object.
  kStruct,    // An object with known members.
  kTensor,    // Nested arrays of equal length; a plain element for rank 0.
  kRecord,    // A Record, which brings its own Type.
};

struct Enumerator {
  std::string_view name;
  std::int64_t value;
};

// How many ticks of `numerator / denominator` seconds.
struct Period {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
};

// One field of a struct.
struct Member {
  std::string_view name;  // In JSON.
  std::string_view key;   // `"name":`, ready to be written.
  const Type* type = nullptr;
  // Where the field lies. `offset` is for records; compiled structs know it themselves.
  void* (*locate)(void* object, std::size_t offset) = nullptr;
  std::size_t offset = 0;
  const Constraints* constraints = nullptr;  // Never null.
  std::string_view field = {};  // The field's own name; empty where it is no C++ field.

  void* In(void* object) const { return locate(object, offset); }
  const void* In(const void* object) const { return locate(const_cast<void*>(object), offset); }
  // Whether a request must have it: not optional, and without a default.
  TENON_EXPORT bool IsRequired() const noexcept;
};

// How a value of the type is made, copied and ended. The type is the one that has the operations.
struct ValueOperations {
  void (*construct)(const Type& type, void* place);
  void (*copy)(const Type& type, void* place, const void* other);
  void (*destroy)(const Type& type, void* object) noexcept;
};

struct OptionalOperations {
  void* (*emplace)(void* optional);
  const void* (*get)(const void* optional);  // Null when empty.
};

struct ListOperations {
  std::size_t (*size)(const void* list);
  void (*clear)(void* list);
  // A new element at the end. Null for vector<bool>, whose elements have no address.
  void* (*append)(void* list);
  // The elements, one after the other. Null for vector<bool>.
  const void* (*data)(const void* list);
  // Elements that are plain memory, many at once. Null for others.
  void (*append_block)(void* list, const void* elements, std::size_t count);
  void (*copy_block)(const void* list, std::size_t first, std::size_t count, void* elements);
};

struct MapOperations {
  using Visit = void (*)(void* context, std::string_view key, const void* value);
  std::size_t (*size)(const void* map);
  void (*clear)(void* map);
  // A new value under the key; null when the key is taken.
  void* (*insert)(void* map, std::string&& key);
  void (*each)(const void* map, void* context, Visit visit);
};

struct TensorOperations {
  void (*assign)(void* tensor, AnyTensor&& value);
  const AnyTensor& (*get)(const void* tensor);
};

// Immutable once made. Lifetime: of a C++ type, the program's (or its module's); of a run-time
// type, that of the shared pointer that TypeBuilder gives. Thread safety: thread-safe.
struct Type {
  Kind kind = Kind::kBool;
  std::string_view name = {};         // Of structs and enums, without namespaces.
  std::string_view description = {};  // Of structs.
  std::size_t size = 0;
  std::size_t alignment = 1;
  // Of numbers, bools, enums, the ticks of durations, the elements of tensors.
  ElementType representation = ElementType::kBool;
  Period period = {};             // Of durations.
  const Type* element = nullptr;  // Of optional, list, array, map.
  std::size_t length = 0;         // Of arrays.
  std::span<const Member> members = {};
  std::span<const Enumerator> enumerators = {};

  const ValueOperations* value = nullptr;  // Never null.
  const OptionalOperations* optional = nullptr;
  const ListOperations* list = nullptr;
  const MapOperations* map = nullptr;
  const TensorOperations* tensor = nullptr;
};

}  // namespace tenon::schema
