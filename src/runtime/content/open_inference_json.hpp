// SPDX-License-Identifier: Apache-2.0
#pragma once

// The form of JSON that the Open Inference Protocol (KServe's V2) has for requests and answers.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

struct OpenInferenceDetails {
  std::string id = {};                    // Given back.
  std::vector<std::string> outputs = {};  // The only ones that are asked for; empty: all.
};

struct OpenInferenceRequest {
  std::vector<AnyTensor> tensors;  // In the order of the specs.
  OpenInferenceDetails details = {};
};

// Whether the text of a member "inputs" is a list of tensors that say their type.
bool IsOpenInference(std::string_view inputs);

// {"inputs": [{"name": "x", "shape": [2, 3], "datatype": "FP32", "data": [...]}]}: the elements as
// one list or nested, or as one text: base64 of the elements, row-major and little-endian. null is
// NaN in lists of floats.
// Errors: kMalformed and kInvalid as schema::ReadJson, with pointers into the whole body.
Result<OpenInferenceRequest> ReadOpenInference(std::string_view body,
                                               std::span<const TensorSpec> inputs,
                                               std::span<const TensorSpec> outputs);

// {"model_name": ..., "outputs": [{"name": "y", "shape": [2, 1], "datatype": "FP32", ...}]}
void WriteOpenInference(std::string_view model_name, std::span<const TensorSpec> specs,
                        std::span<const AnyTensor> outputs, const OpenInferenceDetails& details,
                        std::string& out);

// "FP32", "BYTES", ...
std::vector<std::string_view> OpenInferenceDatatypes();

}  // namespace tenon::runtime
