// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/json_forms.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "runtime/content/open_inference_json.hpp"
#include "schema/json_object.hpp"
#include "schema/tensor_schema.hpp"

namespace tenon::runtime {
namespace {

using schema::MissingElements;
using schema::ObjectText;
using Shape = std::span<const std::int64_t>;

bool IsFloat(const TensorSpec& spec) noexcept {
  return spec.element_type == ElementType::kFloat32 || spec.element_type == ElementType::kFloat64;
}

MissingElements MissingOf(const TensorSpec& spec) noexcept {
  return spec.dimensions.size() == 2 && IsFloat(spec) ? MissingElements::kNull
                                                      : MissingElements::kRefused;
}

std::string Tensor(const TensorSpec& spec, Shape shape, MissingElements missing) {
  std::string out;
  ObjectText schema(out);
  // A shape that the artifact leaves open.
  if (!spec.dimensions.empty()) AddTensorSchema(spec.element_type, shape, missing, schema);
  schema.Close();
  return out;
}

Shape RowOf(const TensorSpec& spec) noexcept {
  const Shape shape = spec.dimensions;
  return shape.empty() ? shape : shape.subspan(1);
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    out += text;
  }
  return out + "]";
}

std::string AnyOf(const std::vector<std::string>& schemas) {
  return schemas.size() == 1 ? schemas[0] : "{\"anyOf\":" + Joined(schemas) + "}";
}

std::string ListOf(const std::string& item) {
  return R"({"type":"array","minItems":1,"items":)" + item + "}";
}

std::string Names(std::span<const TensorSpec> specs) {
  std::vector<std::string> names;
  for (const TensorSpec& spec : specs) schema::WriteJsonString(spec.name, names.emplace_back());
  return Joined(names);
}

template <class Write>
std::string ObjectOf(std::span<const TensorSpec> specs, Write write) {
  std::string out;
  ObjectText object(out);
  object.Text("type", "object");
  ObjectText properties(object.Key("properties"));
  for (const TensorSpec& spec : specs) properties.Json(spec.name, write(spec));
  properties.Close();
  object.Json("required", Names(specs));
  object.Close();
  return out;
}

std::string Wrapped(std::string_view name, const std::string& content) {
  std::string out;
  ObjectText object(out);
  object.Text("type", "object");
  ObjectText properties(object.Key("properties"));
  properties.Json(name, content);
  properties.Close();
  object.Json("required", "[\"" + std::string(name) + "\"]");
  object.Close();
  return out;
}

// The only input without its name: rows, or one row alone.
std::string Alone(const TensorSpec& input) {
  const MissingElements missing = MissingOf(input);
  std::vector<std::string> forms = {Tensor(input, input.dimensions, missing)};
  if (input.dimensions.size() > 1) {
    forms.push_back(Tensor(input, RowOf(input), MissingElements::kRefused));
  }
  if (input.dimensions.size() == 2 && input.dimensions[1] == 1) {
    forms.push_back(Tensor(input, Shape(input.dimensions).first(1), MissingElements::kRefused));
  }
  return AnyOf(forms);
}

bool HasColumns(std::span<const TensorSpec> inputs) {
  if (inputs.size() != 1 || inputs[0].columns.empty() ||
      MissingOf(inputs[0]) != MissingElements::kNull) {
    return false;
  }
  const std::unordered_set<std::string_view> names(inputs[0].columns.begin(),
                                                   inputs[0].columns.end());
  return names.size() == inputs[0].columns.size();
}

std::string RowByColumns(const TensorSpec& input) {
  std::string out;
  ObjectText row(out);
  row.Text("type", "object");
  ObjectText properties(row.Key("properties"));
  const std::string value = Tensor(input, {}, MissingElements::kNull);
  for (const std::string& column : input.columns) properties.Json(column, value);
  properties.Close();
  row.Json("additionalProperties", "false");
  row.Close();
  return out;
}

std::string Rows(std::span<const TensorSpec> inputs) {
  std::vector<std::string> forms;
  if (inputs.size() == 1) forms.push_back(Alone(inputs[0]));
  forms.push_back(ListOf(ObjectOf(inputs, [](const TensorSpec& spec) {
    return Tensor(spec, RowOf(spec), MissingElements::kRefused);
  })));
  if (HasColumns(inputs)) forms.push_back(ListOf(RowByColumns(inputs[0])));
  return AnyOf(forms);
}

std::string DatatypeNames() {
  std::vector<std::string> names;
  for (const std::string_view name : OpenInferenceDatatypes()) {
    schema::WriteJsonString(name, names.emplace_back());
  }
  return Joined(names);
}

std::string OpenTensors(std::span<const TensorSpec> specs, std::string_view data) {
  std::string out;
  ObjectText tensor(out);
  tensor.Text("type", "object");
  ObjectText properties(tensor.Key("properties"));
  properties.Json("name", "{\"enum\":" + Names(specs) + "}");
  properties.Json("shape", R"({"type":"array","items":{"type":"integer","minimum":0}})");
  properties.Json("datatype", "{\"enum\":" + DatatypeNames() + "}");
  properties.Json("data", data);
  properties.Close();
  tensor.Json("required", R"(["name","shape","datatype","data"])");
  tensor.Close();
  return ListOf(out);
}

// The elements nested or not, or base64 of their bytes.
constexpr std::string_view kOpenInputData = R"({"type":["array","string"]})";
constexpr std::string_view kOpenOutputData = R"({"type":"array"})";
constexpr std::string_view kText = R"({"type":"string"})";

std::string OpenRequest(std::span<const TensorSpec> inputs) {
  std::string out;
  ObjectText request(out);
  request.Text("type", "object");
  request.Text("description", "The Open Inference Protocol.");
  ObjectText properties(request.Key("properties"));
  properties.Json("id", kText);
  properties.Json("inputs", OpenTensors(inputs, kOpenInputData));
  properties.Close();
  request.Json("required", R"(["inputs"])");
  request.Close();
  return out;
}

std::string OpenResponse(std::span<const TensorSpec> outputs) {
  std::string out;
  ObjectText response(out);
  response.Text("type", "object");
  response.Text("description", "The answer to a request of the Open Inference Protocol.");
  ObjectText properties(response.Key("properties"));
  properties.Json("model_name", kText);
  properties.Json("id", kText);
  properties.Json("outputs", OpenTensors(outputs, kOpenOutputData));
  properties.Close();
  response.Json("required", R"(["model_name","outputs"])");
  response.Close();
  return out;
}

bool HasInput(std::span<const TensorSpec> inputs, std::string_view name) noexcept {
  return std::ranges::find(inputs, name, &TensorSpec::name) != inputs.end();
}

}  // namespace

std::vector<std::string> RequestSchemas(std::span<const TensorSpec> inputs) {
  std::vector<std::string> schemas;
  if (inputs.empty()) return schemas;
  const std::string named = ObjectOf(inputs, [&](const TensorSpec& spec) {
    const auto missing = inputs.size() == 1 ? MissingOf(spec) : MissingElements::kRefused;
    return Tensor(spec, spec.dimensions, missing);
  });
  const std::string rows = Rows(inputs);
  // The named inputs are the operation's own type, which knows no null.
  if (inputs.size() == 1 && MissingOf(inputs[0]) == MissingElements::kNull)
    schemas.push_back(named);
  schemas.push_back(rows);
  if (HasColumns(inputs)) schemas.push_back(RowByColumns(inputs[0]));
  // An input may have one of these names itself.
  if (!HasInput(inputs, "instances")) schemas.push_back(Wrapped("instances", rows));
  if (!HasInput(inputs, "inputs")) {
    std::vector<std::string> contents = {named};
    if (inputs.size() == 1) contents.push_back(Alone(inputs[0]));
    if (HasColumns(inputs)) contents.push_back(RowByColumns(inputs[0]));
    schemas.push_back(Wrapped("inputs", AnyOf(contents)));
    schemas.push_back(OpenRequest(inputs));
  }
  return schemas;
}

std::vector<std::string> ResponseSchemas(std::span<const TensorSpec> outputs) {
  if (outputs.empty()) return {};
  const auto row = [](const TensorSpec& spec) {
    return Tensor(spec, RowOf(spec), MissingElements::kRefused);
  };
  const std::string item = outputs.size() == 1 ? row(outputs[0]) : ObjectOf(outputs, row);
  return {Wrapped("predictions", R"({"type":"array","items":)" + item + "}"),
          OpenResponse(outputs)};
}

}  // namespace tenon::runtime
