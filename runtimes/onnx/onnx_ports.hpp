// SPDX-License-Identifier: Apache-2.0
#pragma once

// The inputs and outputs of a session, and the tensors that Tenon shows them as.
//
// | ONNX | shown as |
// |---|---|
// | tensor | itself; float16 and bfloat16 as float32 |
// | sequence of maps NAME, one for each row | NAME: values [rows, classes]; NAME_labels: keys, the
// same | | map NAME | NAME: values [1, n]; NAME_labels: keys [1, n] | | sequence of tensors NAME |
// NAME: one tensor [n, ...]; they must be of one shape |
//
// Nothing else is served: optional values, sparse tensors, lone maps (no operator gives one), and
// inputs that are no tensors.

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <string>
#include <vector>

#include "onnx_library.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::onnx {

enum class Form : std::uint8_t { kTensor, kMaps, kTensors };

// One input or output.
struct Port {
  std::string name;
  Form form = Form::kTensor;
  ElementType stored{};  // Of the tensor; of a map's values; of a sequence's elements.
  std::vector<runtime::TensorSpec> shown = {};  // One, or two for maps.
};

enum class Side : std::uint8_t { kInput, kOutput };

// Errors: throws OnnxFailure for what is not served; it says what to export instead.
std::vector<Port> ReadPorts(const OnnxLibrary& library, const OrtSession& session, Side side);

}  // namespace tenon::onnx
