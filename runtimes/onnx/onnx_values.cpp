// SPDX-License-Identifier: Apache-2.0
#include "onnx_values.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "half_floats.hpp"

namespace tenon::onnx {
namespace {

constexpr std::array<std::pair<ElementType, ONNXTensorElementDataType>, 14> kTypes = {{
    {ElementType::kBool, ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL},
    {ElementType::kInt8, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8},
    {ElementType::kInt16, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16},
    {ElementType::kInt32, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32},
    {ElementType::kInt64, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64},
    {ElementType::kUint8, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8},
    {ElementType::kUint16, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16},
    {ElementType::kUint32, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32},
    {ElementType::kUint64, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64},
    {ElementType::kFloat16, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16},
    {ElementType::kBFloat16, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16},
    {ElementType::kFloat32, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT},
    {ElementType::kFloat64, ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE},
    {ElementType::kString, ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING},
}};

// What an empty tensor points at: ONNX Runtime wants an address even for nothing.
constexpr std::byte kNothing{};

ValuePtr StringsToOnnx(const OnnxLibrary& library, const AnyTensor& tensor) {
  const OrtApi& api = library.Api();
  OrtValue* raw = nullptr;
  library.Check(api.CreateTensorAsOrtValue(&library.Allocator(), tensor.Shape().data(),
                                           tensor.Shape().size(),
                                           ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, &raw));
  ValuePtr value = library.Own<ValuePtr>(raw);
  // By length and not by C string: a text may hold a NUL.
  const std::span<const std::string> strings = tensor.Strings();
  for (std::size_t i = 0; i < strings.size(); ++i) {
    char* buffer = nullptr;
    library.Check(api.GetResizedStringTensorElementBuffer(raw, i, strings[i].size(), &buffer));
    if (!strings[i].empty()) std::memcpy(buffer, strings[i].data(), strings[i].size());
  }
  return value;
}

AnyTensor StringsFromOnnx(const OnnxLibrary& library, const OrtValue& value,
                          std::vector<std::int64_t> shape) {
  const OrtApi& api = library.Api();
  AnyTensor tensor = AnyTensor::Create(ElementType::kString, std::move(shape));
  const std::span<std::string> strings = tensor.Strings();
  if (strings.empty()) return tensor;
  std::size_t length = 0;
  library.Check(api.GetStringTensorDataLength(&value, &length));
  std::string text(length, '\0');
  std::vector<std::size_t> offsets(strings.size());
  library.Check(
      api.GetStringTensorContent(&value, text.data(), length, offsets.data(), offsets.size()));
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : length;
    strings[i].assign(text, offsets[i], end - offsets[i]);
  }
  return tensor;
}

// An output's memory, with what gives it back.
struct Owner {
  std::shared_ptr<const OnnxLibrary> library;  // Goes last.
  ValuePtr value;
};

}  // namespace

std::optional<ElementType> ElementTypeFromOnnx(ONNXTensorElementDataType type) noexcept {
  for (const auto& [ours, theirs] : kTypes) {
    if (theirs == type) return ours;
  }
  return std::nullopt;
}

ONNXTensorElementDataType ElementTypeToOnnx(ElementType type) noexcept {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours == type) return theirs;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

ValuePtr ToOnnx(const OnnxLibrary& library, const AnyTensor& tensor) {
  if (tensor.Type() == ElementType::kString) return StringsToOnnx(library, tensor);
  // The interface takes no const; ONNX Runtime does not write to inputs.
  void* const data = const_cast<void*>(tensor.size() == 0 ? &kNothing : tensor.data());
  OrtValue* value = nullptr;
  library.Check(library.Api().CreateTensorWithDataAsOrtValue(
      &library.CpuMemory(), data, tensor.ByteSize(), tensor.Shape().data(), tensor.Shape().size(),
      ElementTypeToOnnx(tensor.Type()), &value));
  return library.Own<ValuePtr>(value);
}

AnyTensor FromOnnx(const std::shared_ptr<const OnnxLibrary>& library, ValuePtr value) {
  const OrtApi& api = library->Api();
  // Sparse constants are declared as tensors, and are none.
  int is_tensor = 0;
  library->Check(api.IsTensor(value.get(), &is_tensor));
  if (is_tensor == 0) {
    throw OnnxFailure{ORT_NOT_IMPLEMENTED,
                      "an output is a sparse tensor, which is not read; let the graph make a dense "
                      "one of it"};
  }
  OrtTensorTypeAndShapeInfo* raw = nullptr;
  library->Check(api.GetTensorTypeAndShape(value.get(), &raw));
  const ShapeInfoPtr info = library->Own<ShapeInfoPtr>(raw);
  std::size_t rank = 0;
  library->Check(api.GetDimensionsCount(raw, &rank));
  std::vector<std::int64_t> shape(rank);
  library->Check(api.GetDimensions(raw, shape.data(), rank));
  ONNXTensorElementDataType number{};
  library->Check(api.GetTensorElementType(raw, &number));
  const std::optional<ElementType> type = ElementTypeFromOnnx(number);
  if (!type) throw OnnxFailure{ORT_NOT_IMPLEMENTED, "an output is of an unknown element type"};
  if (*type == ElementType::kString) return StringsFromOnnx(*library, *value, std::move(shape));

  void* data = nullptr;
  library->Check(api.GetTensorMutableData(value.get(), &data));
  AnyTensor tensor = AnyTensor::Wrap(*type, std::move(shape), data,
                                     std::make_shared<Owner>(Owner{library, std::move(value)}));
  const bool half = *type == ElementType::kFloat16 || *type == ElementType::kBFloat16;
  return half ? WidenHalves(tensor) : tensor;
}

}  // namespace tenon::onnx
