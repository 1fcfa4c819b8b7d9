// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tensors of Tenon as values of ONNX Runtime, and back.

#include <onnxruntime_c_api.h>

#include <memory>
#include <optional>

#include "onnx_handles.hpp"
#include "onnx_library.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::onnx {

// The element type of that number, or nothing where Tenon has none such.
std::optional<ElementType> ElementTypeFromOnnx(ONNXTensorElementDataType type) noexcept;
ONNXTensorElementDataType ElementTypeToOnnx(ElementType type) noexcept;

// A value over the tensor's own memory; strings are copied.
// Lifetime: the tensor outlives the value. Errors: throws OnnxFailure.
ValuePtr ToOnnx(const OnnxLibrary& library, const AnyTensor& tensor);

// A tensor over the value's own memory, which it keeps alive; strings are copied, and float16 and
// bfloat16 become float32.
// REQUIRES: the value is a tensor. Errors: throws OnnxFailure; also for a type that Tenon has not.
AnyTensor FromOnnx(const std::shared_ptr<const OnnxLibrary>& library, ValuePtr value);

}  // namespace tenon::onnx
