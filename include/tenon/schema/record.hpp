// SPDX-License-Identifier: Apache-2.0
#pragma once

// Structs whose fields are decided at run time: how an artifact without code is served through the
// same reader, writer and OpenAPI as a C++ struct.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/constraints.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Makes the Type of a record, field by field.
//
//   auto type = TypeBuilder("Passenger")
//                   .Add("age", TypeOf<double>(), {.minimum = 0})
//                   .Add("features", TypeOf<Tensor<float>>())
//                   .Build();
//
// A field is of any C++ type that TypeOf takes, or another record inline. Lists of records are not
// possible: compile a struct for these. Thread safety: thread-compatible.
class TENON_EXPORT TypeBuilder {
 public:
  // More would make a look-up slow and a schema unreadable: that is what tensors are for.
  static constexpr std::size_t kMaxFields = 1024;

  explicit TypeBuilder(std::string_view name);
  ~TypeBuilder();
  TypeBuilder(TypeBuilder&& other) noexcept;
  TypeBuilder& operator=(TypeBuilder&& other) noexcept;

  TypeBuilder& Description(std::string_view text);
  // Texts in the constraints are copied. `DefaultValue::Source::kInitializer` means the zero or
  // empty value. The type outlives what is built.
  TypeBuilder& Add(std::string_view name, const Type& type, const Constraints& constraints = {});
  // Another record, inside this one.
  TypeBuilder& Add(std::string_view name, std::shared_ptr<const Type> type,
                   const Constraints& constraints = {});

  // The type, which lives as long as a copy of the pointer. The builder is empty afterwards.
  // Errors: throws kInvalid for two fields of one name and for too many fields.
  std::shared_ptr<const Type> Build();

 private:
  struct Content;
  std::shared_ptr<Content> content_;
};

// Whether two tables mean the same C++ type. Tables of one type in two modules differ in address.
TENON_EXPORT bool SameType(const Type& a, const Type& b) noexcept;

// A value of a type that TypeBuilder made. Copies are deep.
// Thread safety: thread-compatible.
class TENON_EXPORT Record {
 public:
  // No type and no fields; it cannot be read into.
  Record() = default;
  // All fields zero or empty.
  explicit Record(std::shared_ptr<const Type> type);
  Record(const Record& other);
  Record(Record&& other) noexcept;
  Record& operator=(const Record& other);
  Record& operator=(Record&& other) noexcept;
  ~Record();

  // Null without a type.
  const Type* RecordType() const noexcept { return type_.get(); }
  const std::shared_ptr<const Type>& SharedType() const noexcept { return type_; }
  void* Data() noexcept { return data_; }
  const void* Data() const noexcept { return data_; }

  // The field of that name. Errors: throws kInternal where there is none or it is no T.
  template <class T>
  T& Get(std::string_view name) {
    return *static_cast<T*>(Find(name, TypeOf<T>()));
  }
  template <class T>
  const T& Get(std::string_view name) const {
    return *static_cast<const T*>(const_cast<Record*>(this)->Find(name, TypeOf<T>()));
  }

 private:
  void* Find(std::string_view name, const Type& type);
  void Destroy() noexcept;

  std::shared_ptr<const Type> type_;
  void* data_ = nullptr;
};

// As ReadJson, into a new record. Errors: as ReadJson.
TENON_EXPORT Result<Record> ReadRecord(std::shared_ptr<const Type> type, JsonText text);

}  // namespace tenon::schema
