// SPDX-License-Identifier: Apache-2.0
#pragma once

// Types as JSON Schema 2020-12, which is also OpenAPI 3.1's.

#include <string>
#include <string_view>

#include "schema/json_object.hpp"
#include "schema/type_names.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Structs, enums and tensors of any shape are referred to by name, everything else stands in place.
class SchemaWriter {
 public:
  // `place` is where the definitions will be: "#/$defs/".
  explicit SchemaWriter(std::string place) : place_(std::move(place)) {}

  TypeNames& Names() noexcept { return names_; }
  // Appends the schema of a value.
  void Write(const Type& type, std::string& out);
  // A `"name": schema` for each type that was referred to, and for those that these refer to.
  void WriteDefinitions(ObjectText& definitions);

 private:
  // The keywords that say what a value is.
  void AddKeywords(const Type& type, const Constraints& constraints, ObjectText& to);
  void AddInteger(const Type& type, const Constraints& constraints, ObjectText& to);
  void AddNumber(const Type& type, const Constraints& constraints, ObjectText& to);
  void AddItems(const Type& type, const Constraints& constraints, ObjectText& to);
  void AddReference(const Type& type, ObjectText& to);

  void WriteStruct(const Type& type, std::string& out);
  void WriteMember(const Type& type, const Member& member, std::string& out);
  void WriteEnum(const Type& type, std::string& out);
  void WriteTensor(const Type& type, const std::string& name, std::string& out);

  const std::string place_;
  TypeNames names_;
};

}  // namespace tenon::schema
