// SPDX-License-Identifier: Apache-2.0
#pragma once

// SageMaker's hosting protocol in front of an artifact without code.

#include <span>
#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/http/route.hpp"
#include "tenon/runtime/artifact_content.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/serving/handle.hpp"

namespace tenon::sagemaker {

// The content types that ArtifactDriver can read: "application/json", "text/csv", ...
TENON_EXPORT std::span<const std::string_view> ArtifactContentTypes() noexcept;

// As Driver, for the handle of a runtime::ArtifactDeployment of that model. `POST /invocations`
// reads the forms of JSON that clients of models use:
//
//   {"x": [[1, 2], [3, 4]]}          named inputs, answered with named outputs
//   {"inputs": ...}                  the same inside one member
//   {"instances": [[1, 2], [3, 4]]}  rows, answered with {"predictions": [...]}
//   [[1, 2], [3, 4]]                 the same without a name
//   {"age": 1, "fare": 2}            one row, where the artifact names its columns
//   {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 2], "data": [1, 2, 3, 4]}]}
//                                    Open Inference, answered in that form
//
// null is a missing value (NaN) in rows of floats. Beside JSON it reads those of
// ArtifactContentTypes that the inputs of the model fit. Answers are JSON, or what Accept asks for
// of the same types (no LIBSVM).
// Errors: 415, 406, 400 and 422 as for a typed handle; 422 also for what the model refuses. Throws
// kInvalid where `content` does not fit the model.
TENON_EXPORT http::Driver ArtifactDriver(const Handle<schema::Record(schema::Record)>& handle,
                                         const Model& model, runtime::ArtifactTypes types,
                                         const runtime::ArtifactContent& content = {});

}  // namespace tenon::sagemaker
