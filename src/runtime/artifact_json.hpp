// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forms in which JSON asks an artifact, and the answers to them.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/record.hpp"

namespace tenon::runtime {

// How a request was laid out; its answer is laid out alike.
enum class Layout : std::uint8_t {
  kTensors,  // By the names of inputs and outputs.
  kRows,     // One answer for each row.
};

struct ArtifactRequest {
  schema::Record record;
  Layout layout = Layout::kTensors;
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
//
// and, where the artifact names the columns of its only input, a row as {"age": 1, "fare": 2},
// alone or in "instances". null is a missing value (NaN) in rows of floats.
//
// Lifetime: keeps what it needs of the model. Thread safety: thread-safe.
class ArtifactJson {
 public:
  ArtifactJson(const Model& model, ArtifactTypes types);

  // Errors: as schema::ReadJson, with pointers into the whole body.
  Result<ArtifactRequest> Read(std::string_view body) const;
  // One row in any of the forms of a row, as in "instances". `place` is where it stands.
  Result<ArtifactRequest> ReadRows(std::string_view array, const std::string& place) const;

  void Write(const schema::Record& response, Layout layout, std::string& out) const;
  // The answer of each row. Nothing where the outputs do not have a row for each.
  std::vector<std::string> WriteRows(const schema::Record& response) const;

  // A request that works, or empty where none is small.
  std::string Example() const;

 private:
  Result<ArtifactRequest> ReadWrapped(std::string_view body) const;
  Result<ArtifactRequest> ReadTensors(std::string_view object, const std::string& place) const;
  Result<ArtifactRequest> ReadSingle(std::string_view array, const std::string& place) const;
  Result<ArtifactRequest> ReadObjects(std::string_view array, const std::string& place) const;
  Result<ArtifactRequest> ReadColumns(const std::vector<std::string_view>& rows,
                                      const std::string& place) const;
  bool NamesColumns(std::string_view object) const;

  const std::vector<TensorSpec> inputs_;
  const ArtifactTypes types_;
  std::shared_ptr<const schema::Type>
      columns_;  // A row by its columns; null where they have no names.
};

}  // namespace tenon::runtime
