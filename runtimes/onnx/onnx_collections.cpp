// SPDX-License-Identifier: Apache-2.0
#include "onnx_collections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "onnx_values.hpp"

namespace tenon::onnx {
namespace {

using Library = std::shared_ptr<const OnnxLibrary>;

ValuePtr Part(const OnnxLibrary& library, const OrtValue& whole, std::size_t index) {
  OrtValue* part = nullptr;
  library.Check(
      library.Api().GetValue(&whole, static_cast<int>(index), &library.Allocator(), &part));
  return library.Own<ValuePtr>(part);
}

std::size_t Count(const OnnxLibrary& library, const OrtValue& sequence) {
  std::size_t count = 0;
  library.Check(library.Api().GetValueCount(&sequence, &count));
  return count;
}

// One tensor [parts, ...]. REQUIRES: `type` is that of all parts.
AnyTensor StackParts(const Port& port, ElementType type, const std::vector<AnyTensor>& parts) {
  std::vector<std::int64_t> shape = {static_cast<std::int64_t>(parts.size())};
  if (parts.empty()) {
    shape.push_back(0);
  } else {
    shape.insert(shape.end(), parts[0].Shape().begin(), parts[0].Shape().end());
  }
  AnyTensor whole = AnyTensor::Create(type, std::move(shape));
  std::size_t at = 0;
  for (const AnyTensor& part : parts) {
    if (part.Shape() != parts[0].Shape()) {
      throw OnnxFailure{
          ORT_NOT_IMPLEMENTED,
          fmt::format("the parts of output \"{}\" differ in shape: the first has {} elements and "
                      "another {}; let the graph give one tensor",
                      port.name, parts[0].size(), part.size())};
    }
    if (type == ElementType::kString) {
      std::ranges::copy(part.Strings(), whole.Strings().begin() + static_cast<std::ptrdiff_t>(at));
    } else if (part.size() != 0) {
      std::memcpy(static_cast<std::byte*>(whole.data()) + at * ElementSize(type), part.data(),
                  part.ByteSize());
    }
    at += part.size();
  }
  return whole;
}

// ONNX Runtime gives the keys of a map as its first value and the values as its second.
constexpr std::size_t kKeys = 0;
constexpr std::size_t kValues = 1;

std::vector<AnyTensor> UnfoldMaps(const Library& library, const Port& port,
                                  const std::vector<ValuePtr>& maps) {
  std::vector<AnyTensor> values;
  std::vector<AnyTensor> keys;
  for (const ValuePtr& map : maps) {
    values.push_back(FromOnnx(library, Part(*library, *map, kValues)));
    keys.push_back(FromOnnx(library, Part(*library, *map, kKeys)));
  }
  return {StackParts(port, port.shown[0].element_type, values),
          StackParts(port, port.shown[1].element_type, keys)};
}

}  // namespace

std::vector<AnyTensor> Unfold(const Library& library, const Port& port, const OrtValue& value) {
  std::vector<ValuePtr> parts;
  const std::size_t count = Count(*library, value);
  parts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    parts.push_back(Part(*library, value, i));
  }
  if (port.form == Form::kMaps) return UnfoldMaps(library, port, parts);
  std::vector<AnyTensor> tensors;
  tensors.reserve(count);
  for (ValuePtr& part : parts) tensors.push_back(FromOnnx(library, std::move(part)));
  return {StackParts(port, port.shown[0].element_type, tensors)};
}

}  // namespace tenon::onnx
