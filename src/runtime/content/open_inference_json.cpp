// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/open_inference_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "schema/base64.hpp"
#include "schema/element_count.hpp"
#include "schema/element_types.hpp"
#include "schema/json_object.hpp"
#include "schema/packed.hpp"
#include "schema/tensor_cast.hpp"
#include "tenon/base/nearest_name.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::runtime {
namespace {

struct Named {
  std::string_view name;
  ElementType type;
};
constexpr std::array kTypes = {
    Named{"BOOL", ElementType::kBool},     Named{"UINT8", ElementType::kUint8},
    Named{"UINT16", ElementType::kUint16}, Named{"UINT32", ElementType::kUint32},
    Named{"UINT64", ElementType::kUint64}, Named{"INT8", ElementType::kInt8},
    Named{"INT16", ElementType::kInt16},   Named{"INT32", ElementType::kInt32},
    Named{"INT64", ElementType::kInt64},   Named{"FP16", ElementType::kFloat16},
    Named{"FP32", ElementType::kFloat32},  Named{"FP64", ElementType::kFloat64},
    Named{"BYTES", ElementType::kString}};

struct OpenInput {
  std::string name;
  std::vector<std::int64_t> shape;
  std::string datatype;
  RawJson data;
};
struct OpenOutput {
  std::string name;
};
struct OpenRequest {
  std::optional<std::string> id;
  std::vector<OpenInput> inputs;
  std::optional<std::vector<OpenOutput>> outputs;
};

Error FaultAt(std::string place, std::string detail) {
  return Error(ErrorCode::kInvalid, "The request does not fit the model.")
      .WithFaults({{.pointer = std::move(place), .detail = std::move(detail)}}, 0);
}

Error At(const std::string& place, const Error& error) {
  std::vector<Fault> faults = error.Faults();
  for (Fault& fault : faults) fault.pointer.insert(0, place);
  if (faults.empty()) return FaultAt(place, error.Detail());
  return Error(error.Code(), error.Detail()).WithFaults(std::move(faults), error.OmittedFaults());
}

// Floats with null among them.
template <class T>
Result<AnyTensor> ReadWithMissing(std::string_view json) {
  const auto list = schema::ReadJson<std::vector<std::optional<T>>>(json);
  if (!list) return list.Error();
  auto tensor = Tensor<T>::Create({static_cast<std::int64_t>(list->size())});
  std::ranges::transform(*list, tensor.begin(), [](const std::optional<T>& value) {
    return value.value_or(std::numeric_limits<T>::quiet_NaN());
  });
  return std::move(tensor).Any();
}

Result<AnyTensor> ReadList(std::string_view json, ElementType type) {
  return schema::VisitElementType(type, [&]<class T>(std::type_identity<T>) -> Result<AnyTensor> {
    auto tensor = schema::ReadJson<Tensor<T>>(json);
    if (tensor) return std::move(*tensor).Any();
    if constexpr (std::is_floating_point_v<T>) {
      if (json.find("null") != std::string_view::npos) return ReadWithMissing<T>(json);
    }
    return std::move(tensor).Error();
  });
}

Result<AnyTensor> ReadBase64(std::string_view json, const OpenInput& input, ElementType type) {
  const Result<std::string> text = schema::ReadJson<std::string>(json);
  if (!text) return text.Error();
  std::string bytes(schema::DecodedSize(*text).value_or(0), '\0');
  if (!schema::DecodedSize(*text) ||
      !schema::DecodeBase64(*text, reinterpret_cast<std::byte*>(bytes.data()))) {
    return Error(ErrorCode::kInvalid, "expected a list of elements, or base64 of their bytes");
  }
  return schema::ReadPacked(bytes, {.type = type, .shape = input.shape});
}

Result<AnyTensor> ReadTensor(const OpenInput& input, const std::string& place,
                             const TensorSpec& spec) {
  const auto* const named = std::ranges::find(kTypes, input.datatype, &Named::name);
  if (named == kTypes.end()) {
    std::vector<std::string> names;
    names.reserve(kTypes.size());
    for (const Named& known : kTypes) names.emplace_back(known.name);
    return FaultAt(place + "/datatype", "there is no datatype of this name." +
                                            DidYouMean(input.datatype.substr(0, 20), names));
  }
  const std::optional<std::size_t> count = schema::CountElements(input.shape);
  if (!count) {
    return FaultAt(place + "/shape",
                   "expected lengths that are not negative, of no more elements than there can be");
  }
  const std::string& json = input.data.text;
  const bool is_base64 = json.starts_with('"') && named->type != ElementType::kString;
  const ElementType read_as =
      named->type == ElementType::kFloat16 ? ElementType::kFloat32 : named->type;
  Result<AnyTensor> tensor =
      is_base64 ? ReadBase64(json, input, named->type) : ReadList(json, read_as);
  if (!tensor) return At(place + "/data", tensor.Error());
  if (tensor->size() != *count) {
    return FaultAt(place + "/data", fmt::format("expected {} elements, as the shape says, found {}",
                                                *count, tensor->size()));
  }
  Result<AnyTensor> cast = schema::CastTensor(tensor->Reshape(input.shape), spec.element_type);
  if (!cast) return At(place + "/data", cast.Error());
  return cast;
}

std::vector<std::string> NamesOf(std::span<const TensorSpec> specs) {
  std::vector<std::string> names;
  for (const TensorSpec& spec : specs) names.push_back(spec.name);
  return names;
}

}  // namespace

bool IsOpenInference(std::string_view inputs) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t open = inputs.find_first_not_of(kSpace);
  if (open == std::string_view::npos || inputs[open] != '[') return false;
  const std::size_t first = inputs.find_first_not_of(kSpace, open + 1);
  return first != std::string_view::npos && inputs[first] == '{' &&
         inputs.find("\"datatype\"") != std::string_view::npos;
}

Result<OpenInferenceRequest> ReadOpenInference(std::string_view body,
                                               std::span<const TensorSpec> inputs,
                                               std::span<const TensorSpec> outputs) {
  const Result<OpenRequest> read = schema::ReadJson<OpenRequest>(body);
  if (!read) return read.Error();
  std::vector<std::optional<AnyTensor>> tensors(inputs.size());
  for (std::size_t i = 0; i < read->inputs.size(); ++i) {
    const OpenInput& input = read->inputs[i];
    const std::string place = fmt::format("/inputs/{}", i);
    const auto spec = std::ranges::find(inputs, input.name, &TensorSpec::name);
    if (spec == inputs.end()) {
      return FaultAt(place + "/name", "the model has no input of this name." +
                                          DidYouMean(input.name.substr(0, 60), NamesOf(inputs)));
    }
    std::optional<AnyTensor>& tensor = tensors[static_cast<std::size_t>(spec - inputs.begin())];
    if (tensor) return FaultAt(place + "/name", "this input is there twice");
    Result<AnyTensor> one = ReadTensor(input, place, *spec);
    if (!one) return std::move(one).Error();
    tensor = *std::move(one);
  }
  OpenInferenceRequest request{.tensors = {}, .details = {.id = read->id.value_or("")}};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!tensors[i]) {
      return FaultAt("/inputs", fmt::format("the input \"{}\" is missing", inputs[i].name));
    }
    request.tensors.push_back(*std::move(tensors[i]));
  }
  for (const OpenOutput& output : read->outputs.value_or(std::vector<OpenOutput>())) {
    if (std::ranges::find(outputs, output.name, &TensorSpec::name) == outputs.end()) {
      return FaultAt("/outputs", "the model has no output of a name that is asked for." +
                                     DidYouMean(output.name.substr(0, 60), NamesOf(outputs)));
    }
    request.details.outputs.push_back(output.name);
  }
  return request;
}

std::vector<std::string_view> OpenInferenceDatatypes() {
  std::vector<std::string_view> names;
  names.reserve(kTypes.size());
  for (const Named& type : kTypes) names.push_back(type.name);
  return names;
}

void WriteOpenInference(std::string_view model_name, std::span<const TensorSpec> specs,
                        std::span<const AnyTensor> outputs, const OpenInferenceDetails& details,
                        std::string& out) {
  schema::ObjectText answer(out);
  answer.Text("model_name", model_name);
  if (!details.id.empty()) answer.Text("id", details.id);
  answer.Key("outputs") += '[';
  bool is_first = true;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& wanted = details.outputs;
    if (!wanted.empty() && std::ranges::find(wanted, specs[i].name) == wanted.end()) continue;
    if (!std::exchange(is_first, false)) out += ',';
    const AnyTensor& tensor = outputs[i];
    schema::ObjectText object(out);
    object.Text("name", specs[i].name);
    object.Text("datatype", std::ranges::find(kTypes, tensor.Type(), &Named::type)->name);
    schema::WriteJson(schema::TypeOf<std::vector<std::int64_t>>(), &tensor.Shape(),
                      object.Key("shape"));
    schema::VisitElementType(tensor.Type(), [&]<class T>(std::type_identity<T>) {
      const Tensor<T> flat(tensor.Reshape({static_cast<std::int64_t>(tensor.size())}));
      schema::WriteJson(schema::TypeOf<Tensor<T>>(), &flat, object.Key("data"));
    });
    object.Close();
  }
  out += ']';
  answer.Close();
}

}  // namespace tenon::runtime
