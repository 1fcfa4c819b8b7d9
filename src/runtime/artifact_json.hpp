// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forms in which JSON asks an artifact, and the answers to them.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/content/open_inference_json.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/record.hpp"

namespace tenon::runtime {

// How a request was laid out; its answer is laid out alike.
enum class Layout : std::uint8_t {
  kTensors,  // By the names of inputs and outputs.
  kRows,     // One answer for each row.
  kOpenInference,
};

struct ArtifactRequest {
  schema::Record record = {};
  Layout layout = Layout::kTensors;
  // Of kOpenInference alone.
  std::shared_ptr<const OpenInferenceDetails> open_inference = nullptr;
};

// A part of a body, with the JSON pointer to it.
struct PlacedJson {
  std::string_view text;
  std::string place;
};

// Reads, for a model with the input "x" of shape [rows, 2]:
//
//   {"x": [[1, 2], [3, 4]]}                          answered with {"y": [...]}
//   {"inputs": {"x": [[1, 2], [3, 4]]}}              the same
//   {"inputs": [[1, 2], [3, 4]]}                     the same, where there is one input only
//   {"instances": [[1, 2], [3, 4]]}                  answered with {"predictions": [...]}
//   {"instances": [{"x": [1, 2]}, {"x": [3, 4]}]}    the same
//   [[1, 2], [3, 4]]                                 the same as "instances"
//   [1, 2]                                           one row, the same way
//   {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 2], "data": [1, 2, 3, 4]}]}
//                                                    Open Inference, answered in that form
//
// and, where the artifact names the columns of its only input, a row as {"age": 1, "fare": 2},
// alone or in "instances". null is a missing value (NaN) in rows of floats.
//
// Lifetime: keeps what it needs of the model. Thread safety: thread-safe.
class ArtifactJson {
 public:
  // `name`: of the model, as Open Inference answers say it.
  ArtifactJson(const Model& model, ArtifactTypes types, std::string name);

  // Errors: as schema::ReadJson, with pointers into the whole body.
  Result<ArtifactRequest> Read(std::string_view body) const;
  // A row a line, each in any of the forms that a row has in "instances".
  // Errors: as schema::JoinJsonLines; pointers begin with the line, from 0.
  Result<ArtifactRequest> ReadLines(std::string_view body) const;

  // The answer to `request`, in the form of its layout. Of that only layout and details count.
  void Write(const schema::Record& response, const ArtifactRequest& request,
             std::string& out) const;
  // The answer of each row a line, or the whole answer in one where it has no rows.
  void WriteLines(const schema::Record& response, std::string& out) const;

 private:
  Result<ArtifactRequest> ReadRows(std::string_view array, const std::string& place) const;
  // The answer of each row. Nothing where the outputs do not have a row for each.
  std::vector<std::string> WriteRows(const schema::Record& response) const;
  Result<ArtifactRequest> ReadOpenTensors(std::string_view body) const;
  Result<ArtifactRequest> ReadWrapped(std::string_view body) const;
  Result<ArtifactRequest> ReadTensors(std::string_view object, const std::string& place) const;
  Result<ArtifactRequest> ReadSingle(std::string_view array, const std::string& place) const;
  Result<ArtifactRequest> ReadObjects(std::string_view array, const std::string& place) const;
  Result<ArtifactRequest> ReadColumns(const std::vector<PlacedJson>& rows) const;
  bool NamesColumns(std::string_view object) const;

  const std::string name_;
  const std::vector<TensorSpec> inputs_;
  const std::vector<TensorSpec> outputs_;
  const ArtifactTypes types_;
  std::shared_ptr<const schema::Type>
      columns_;  // A row by its columns; null where they have no names.
};

}  // namespace tenon::runtime
