// SPDX-License-Identifier: Apache-2.0
#pragma once

// Structs as the tensors of a model: what a typed Artifact is made of.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/model.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::runtime {

// Objects of one struct, one behind the other. Lifetime: a view.
struct ConstObjects {
  const void* first;
  std::size_t size;  // Of one, in bytes.
  std::size_t count;
};
struct Objects {
  void* first;
  std::size_t size;
  std::size_t count;
};

// Which field of a struct is which tensor of a model, found once.
//
// A field takes the input of its name, and the output of its name. Where the model takes any number
// of rows, a field is what one row of the tensor is; else it is the whole tensor:
//
// | the row's shape | the field |
// |---|---|
// | [] or [1] | a number, bool or std::string |
// | [n] | std::vector, std::array of n, Tensor |
// | any | Tensor |
//
// Where a model has one input and names its columns, fields may be these columns instead: numbers,
// or std::optional of them, whose absence is NaN. Element types are the same on both sides; float16
// and bfloat16 are float.
//
// Thread safety: thread-safe.
class TENON_EXPORT FieldTensors {
 public:
  // Errors: kInvalid, whose private detail lists all that does not match: fields without a tensor,
  // inputs without a field, other types and ranks.
  static Result<FieldTensors> Match(const schema::Type& request, const schema::Type& response,
                                    const Model& model);

  // Whether several requests can be one run.
  bool IsBatchable() const noexcept { return is_batchable_; }

  // Fills `responses` from `requests`: one outcome for each. Requests whose rows have one shape are
  // one run where the model takes any number; where that run fails, each is run alone.
  // REQUIRES: objects of the structs that were matched, as many responses as requests.
  std::vector<Result<>> Run(const Model& model, ConstObjects requests, Objects responses,
                            const RunOptions& options = {}) const;

 private:
  struct Field {
    const schema::Member* member;
    std::size_t tensor;  // Which input or output; which column, for columns.
  };
  enum class Inputs : std::uint8_t { kFields, kColumns };

  class Matcher;

  // Nothing where the rows of the requests differ in shape.
  Result<std::vector<AnyTensor>> Gather(ConstObjects requests) const;
  AnyTensor GatherColumns(ConstObjects requests) const;
  Result<> Scatter(std::span<const AnyTensor> outputs, Objects responses) const;
  Result<> RunTogether(const Model& model, ConstObjects requests, Objects responses,
                       const RunOptions& options) const;

  bool is_batchable_ = false;
  Inputs inputs_ = Inputs::kFields;
  std::vector<TensorSpec> input_specs_;
  std::vector<Field> request_;  // In the order of the inputs, or of the columns.
  std::vector<Field> response_;
};

}  // namespace tenon::runtime
