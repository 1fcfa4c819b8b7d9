// SPDX-License-Identifier: Apache-2.0
#include "onnx_ports.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "onnx_handles.hpp"
#include "onnx_values.hpp"

namespace tenon::onnx {
namespace {

using runtime::kDynamic;
using runtime::TensorSpec;

std::string_view KindName(ONNXType kind) noexcept {
  switch (kind) {
    case ONNX_TYPE_TENSOR: return "a tensor";
    case ONNX_TYPE_SEQUENCE: return "a sequence";
    case ONNX_TYPE_MAP: return "a map";
    case ONNX_TYPE_SPARSETENSOR: return "a sparse tensor";
    case ONNX_TYPE_OPTIONAL: return "an optional value";
    default: return "of a kind that Tenon does not know";
  }
}

ElementType ShownType(ElementType stored) noexcept {
  const bool half = stored == ElementType::kFloat16 || stored == ElementType::kBFloat16;
  return half ? ElementType::kFloat32 : stored;
}

class PortReader {
 public:
  PortReader(const OnnxLibrary& library, const OrtSession& session, Side side)
      : library_(library), api_(library.Api()), session_(session), side_(side) {}

  std::size_t Count() const {
    std::size_t count = 0;
    library_.Check(side_ == Side::kInput ? api_.SessionGetInputCount(&session_, &count)
                                         : api_.SessionGetOutputCount(&session_, &count));
    return count;
  }

  Port Read(std::size_t index) const {
    Port port{.name = Name(index)};
    OrtTypeInfo* raw = nullptr;
    library_.Check(side_ == Side::kInput ? api_.SessionGetInputTypeInfo(&session_, index, &raw)
                                         : api_.SessionGetOutputTypeInfo(&session_, index, &raw));
    const TypeInfoPtr info = library_.Own<TypeInfoPtr>(raw);
    const ONNXType kind = KindOf(*raw);
    if (kind == ONNX_TYPE_TENSOR) {
      ReadTensor(*raw, port);
    } else if (side_ == Side::kOutput && kind == ONNX_TYPE_SEQUENCE) {
      ReadSequence(*raw, port);
    } else {
      throw NotServed(port, KindName(kind));
    }
    return port;
  }

 private:
  // What keeps an input or output from being used, as the reason of a failed load.
  OnnxFailure NotServed(const Port& port, std::string_view found) const {
    return {ORT_NOT_IMPLEMENTED,
            fmt::format("{} \"{}\" is {}; Tenon serves models whose inputs are tensors, and whose "
                        "outputs are tensors or sequences of tensors or maps, of numbers, "
                        "booleans or strings. Export the model so that it takes and gives tensors",
                        side_ == Side::kInput ? "input" : "output", port.name, found)};
  }

  ONNXType KindOf(const OrtTypeInfo& info) const {
    ONNXType kind{};
    library_.Check(api_.GetOnnxTypeFromTypeInfo(&info, &kind));
    return kind;
  }

  ElementType TypeOf(ONNXTensorElementDataType number, const Port& port) const {
    const std::optional<ElementType> type = ElementTypeFromOnnx(number);
    if (!type) throw NotServed(port, fmt::format("of element type {}", int{number}));
    return *type;
  }

  std::string Name(std::size_t index) const {
    OrtAllocator& allocator = library_.Allocator();
    char* raw = nullptr;
    library_.Check(side_ == Side::kInput
                       ? api_.SessionGetInputName(&session_, index, &allocator, &raw)
                       : api_.SessionGetOutputName(&session_, index, &allocator, &raw));
    const auto free = [&allocator](char* text) { allocator.Free(&allocator, text); };
    const std::unique_ptr<char, decltype(free)> owner(raw, free);
    return raw;
  }

  void ReadTensor(const OrtTypeInfo& info, Port& port) const {
    const OrtTensorTypeAndShapeInfo* tensor = nullptr;  // Part of info.
    library_.Check(api_.CastTypeInfoToTensorInfo(&info, &tensor));
    ONNXTensorElementDataType number{};
    library_.Check(api_.GetTensorElementType(tensor, &number));
    port.stored = TypeOf(number, port);
    TensorSpec spec{port.name, ShownType(port.stored), {}, {}};
    std::size_t rank = 0;
    library_.Check(api_.GetDimensionsCount(tensor, &rank));
    spec.dimensions.resize(rank);
    library_.Check(api_.GetDimensions(tensor, spec.dimensions.data(), rank));
    for (std::int64_t& length : spec.dimensions) {
      if (length < 0) length = kDynamic;
    }
    std::vector<const char*> symbols(rank);
    library_.Check(api_.GetSymbolicDimensions(tensor, symbols.data(), rank));
    spec.symbols.assign(symbols.begin(), symbols.end());
    port.shown.push_back(std::move(spec));
  }

  void ReadMaps(const OrtTypeInfo& info, Port& port) const {
    const OrtMapTypeInfo* map = nullptr;  // Part of info.
    library_.Check(api_.CastTypeInfoToMapTypeInfo(&info, &map));
    ONNXTensorElementDataType key{};
    library_.Check(api_.GetMapKeyType(map, &key));
    OrtTypeInfo* raw = nullptr;
    library_.Check(api_.GetMapValueType(map, &raw));
    const TypeInfoPtr value = library_.Own<TypeInfoPtr>(raw);
    if (KindOf(*raw) != ONNX_TYPE_TENSOR) throw NotServed(port, "a map of what are no numbers");
    const OrtTensorTypeAndShapeInfo* tensor = nullptr;  // Part of value.
    library_.Check(api_.CastTypeInfoToTensorInfo(raw, &tensor));
    ONNXTensorElementDataType number{};
    library_.Check(api_.GetTensorElementType(tensor, &number));
    port.form = Form::kMaps;
    port.stored = TypeOf(number, port);
    const std::vector<std::int64_t> dimensions = {kDynamic, kDynamic};
    const std::vector<std::string> symbols = {"rows", "labels"};
    port.shown = {{.name = port.name,
                   .element_type = ShownType(port.stored),
                   .dimensions = dimensions,
                   .symbols = symbols},
                  {.name = port.name + "_labels",
                   .element_type = TypeOf(key, port),
                   .dimensions = dimensions,
                   .symbols = symbols}};
  }

  void ReadSequence(const OrtTypeInfo& info, Port& port) const {
    const OrtSequenceTypeInfo* sequence = nullptr;  // Part of info.
    library_.Check(api_.CastTypeInfoToSequenceTypeInfo(&info, &sequence));
    OrtTypeInfo* raw = nullptr;
    library_.Check(api_.GetSequenceElementType(sequence, &raw));
    const TypeInfoPtr element = library_.Own<TypeInfoPtr>(raw);
    const ONNXType kind = KindOf(*raw);
    if (kind == ONNX_TYPE_MAP) return ReadMaps(*raw, port);
    if (kind != ONNX_TYPE_TENSOR) {
      throw NotServed(port, fmt::format("a sequence whose elements are each {}", KindName(kind)));
    }
    ReadTensor(*raw, port);
    port.form = Form::kTensors;
    // How many there are has nothing to do with rows, so the shape is left open.
    port.shown.front().dimensions.clear();
    port.shown.front().symbols.clear();
  }

  const OnnxLibrary& library_;
  const OrtApi& api_;
  const OrtSession& session_;
  const Side side_;
};

}  // namespace

std::vector<Port> ReadPorts(const OnnxLibrary& library, const OrtSession& session, Side side) {
  const PortReader reader(library, session, side);
  std::vector<Port> ports;
  const std::size_t count = reader.Count();
  ports.reserve(count);
  for (std::size_t i = 0; i < count; ++i) ports.push_back(reader.Read(i));
  return ports;
}

}  // namespace tenon::onnx
