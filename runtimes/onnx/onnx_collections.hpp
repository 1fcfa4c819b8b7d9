// SPDX-License-Identifier: Apache-2.0
#pragma once

// Maps and sequences of ONNX Runtime as tensors.

#include <memory>
#include <vector>

#include "onnx_handles.hpp"
#include "onnx_library.hpp"
#include "onnx_ports.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::onnx {

// The tensors that `port` shows, from an output that is no tensor. Copies.
// Errors: throws OnnxFailure where the parts of the output differ in shape.
std::vector<AnyTensor> Unfold(const std::shared_ptr<const OnnxLibrary>& library, const Port& port,
                              const OrtValue& value);

}  // namespace tenon::onnx
