// SPDX-License-Identifier: Apache-2.0
#include "schema/schema_writer.hpp"

#include <algorithm>
#include <optional>

#include "schema/element_types.hpp"
#include "schema/limits.hpp"
#include "schema/schema_defaults.hpp"
#include "schema/tensor_schema.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/openapi.hpp"

namespace tenon::schema {
namespace {

// Whole groups, then a last one whose unused bits are zero. `$` alone would let some validators
// take a line feed at the end.
constexpr std::string_view kBase64Pattern =
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$(?!\\n)";

void AddCount(const char* least_name, const char* most_name, std::optional<std::size_t> least,
              std::optional<std::size_t> most, ObjectText& to) {
  if (least) to.Json(least_name, std::to_string(*least));
  if (most) to.Json(most_name, std::to_string(*most));
}

}  // namespace

void SchemaWriter::Write(const Type& type, std::string& out) {
  ObjectText schema(out);
  AddKeywords(type, kNoConstraints, schema);
  schema.Close();
}

void SchemaWriter::AddKeywords(const Type& type, const Constraints& constraints, ObjectText& to) {
  switch (type.kind) {
    case Kind::kBool: return to.Text("type", "boolean");
    case Kind::kInteger: return AddInteger(type, constraints, to);
    case Kind::kNumber:
    case Kind::kDuration: return AddNumber(type, constraints, to);
    case Kind::kString:
      to.Text("type", "string");
      return AddCount("minLength", "maxLength", constraints.min_length, constraints.max_length, to);
    case Kind::kPath: to.Text("type", "string"); return to.Text("pattern", "^[^\\u0000]*$");
    case Kind::kSecret: to.Text("type", "string"); return to.Text("format", "password");
    case Kind::kBytes:
      to.Text("type", "string");
      to.Text("contentEncoding", "base64");
      return to.Text("pattern", kBase64Pattern);
    case Kind::kJson: return;
    case Kind::kOptional: {
      // The keywords of the content beside its type would forbid null: enum, pattern, $ref.
      std::string& out = to.Key("anyOf");
      out += '[';
      ObjectText content(out);
      AddKeywords(*type.element, constraints, content);
      content.Close();
      out += ",{\"type\":\"null\"}]";
      return;
    }
    case Kind::kList:
    case Kind::kArray:
    case Kind::kMap: return AddItems(type, constraints, to);
    case Kind::kTensor:
      if (constraints.shape) {
        return AddTensorSchema(type.representation, constraints.shape->Dimensions(),
                               MissingElements::kRefused, to);
      }
      return AddReference(type, to);
    case Kind::kEnum:
    case Kind::kStruct: return AddReference(type, to);
    case Kind::kRecord: return to.Text("type", "object");
  }
}

void SchemaWriter::AddInteger(const Type& type, const Constraints& constraints, ObjectText& to) {
  to.Text("type", "integer");
  if (type.representation == ElementType::kInt32) to.Text("format", "int32");
  if (type.representation == ElementType::kInt64) to.Text("format", "int64");
  AddLimits(LimitsOf(type, constraints), to);
}

void SchemaWriter::AddNumber(const Type& type, const Constraints& constraints, ObjectText& to) {
  to.Text("type", "number");
  if (type.kind == Kind::kDuration) {
    to.Text("title", "seconds");
    const Period period = type.period;
    if (!IsFloating(type.representation) && period.numerator >= period.denominator) {
      to.Json("multipleOf", LimitText(type, static_cast<long double>(period.numerator) /
                                                static_cast<long double>(period.denominator)));
    }
  } else {
    to.Text("format", type.representation == ElementType::kFloat32 ? "float" : "double");
  }
  AddLimits(LimitsOf(type, constraints), to);
}

void SchemaWriter::AddItems(const Type& type, const Constraints& constraints, ObjectText& to) {
  if (type.kind == Kind::kMap) {
    to.Text("type", "object");
    Write(*type.element, to.Key("additionalProperties"));
    return AddCount("minProperties", "maxProperties", constraints.min_items, constraints.max_items,
                    to);
  }
  to.Text("type", "array");
  Write(*type.element, to.Key("items"));
  if (type.kind == Kind::kArray) {
    return AddCount("minItems", "maxItems", type.length, type.length, to);
  }
  AddCount("minItems", "maxItems", constraints.min_items, constraints.max_items, to);
}

void SchemaWriter::AddReference(const Type& type, ObjectText& to) {
  to.Text("$ref", place_ + names_.NameOf(type));
}

void SchemaWriter::WriteDefinitions(ObjectText& definitions) {
  // Writing one may add others to the end.
  for (std::size_t i = 0; i < names_.Entries().size(); ++i) {
    const TypeNames::Entry& entry = names_.Entries()[i];
    std::string& out = definitions.Key(entry.name);
    switch (entry.type->kind) {
      case Kind::kEnum: WriteEnum(*entry.type, out); break;
      case Kind::kTensor: WriteTensor(*entry.type, entry.name, out); break;
      default: WriteStruct(*entry.type, out);
    }
  }
}

void SchemaWriter::WriteStruct(const Type& type, std::string& out) {
  ObjectText schema(out);
  schema.Text("type", "object");
  if (!type.description.empty()) schema.Text("description", type.description);
  ObjectText properties(schema.Key("properties"));
  for (const Member& member : type.members) WriteMember(type, member, properties.Key(member.name));
  properties.Close();
  std::string required;
  for (const Member& member : type.members) {
    if (!member.IsRequired()) continue;
    if (!required.empty()) required += ',';
    WriteJsonString(member.name, required);
  }
  if (!required.empty()) schema.Json("required", "[" + required + "]");
  schema.Close();
}

void SchemaWriter::WriteMember(const Type& type, const Member& member, std::string& out) {
  ObjectText schema(out);
  AddKeywords(*member.type, *member.constraints, schema);
  const std::string_view description = member.constraints->description;
  if (!description.empty()) schema.Text("description", description);
  if (const auto json = DefaultJson(type, member)) schema.Json("default", *json);
  schema.Close();
}

void SchemaWriter::WriteEnum(const Type& type, std::string& out) {
  ObjectText schema(out);
  schema.Text("type", "string");
  std::string& names = schema.Key("enum");
  names += '[';
  for (const Enumerator& enumerator : type.enumerators) {
    if (&enumerator != &type.enumerators.front()) names += ',';
    WriteJsonString(enumerator.name, names);
  }
  names += ']';
  schema.Close();
}

void SchemaWriter::WriteTensor(const Type& type, const std::string& name, std::string& out) {
  ObjectText schema(out);
  schema.Text("description", "Nested arrays of equal length, or a single element.");
  std::string& choices = schema.Key("anyOf");
  choices += '[';
  ObjectText element(choices);
  AddTensorSchema(type.representation, {}, MissingElements::kRefused, element);
  element.Close();
  choices += ',';
  ObjectText array(choices);
  array.Text("type", "array");
  ObjectText items(array.Key("items"));
  items.Text("$ref", place_ + name);
  items.Close();
  array.Close();
  choices += ']';
  schema.Close();
}

void WriteJsonSchema(const Type& type, std::string& out) {
  SchemaWriter writer("#/$defs/");
  std::string value;
  writer.Write(type, value);
  out += "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";
  if (value != "{}") {
    out += ',';
    out += std::string_view(value).substr(1, value.size() - 2);
  }
  if (!writer.Names().Entries().empty()) {
    out += ",\"$defs\":";
    ObjectText definitions(out);
    writer.WriteDefinitions(definitions);
    definitions.Close();
  }
  out += '}';
}

}  // namespace tenon::schema
