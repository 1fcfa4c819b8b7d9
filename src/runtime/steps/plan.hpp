// SPDX-License-Identifier: Apache-2.0
#pragma once

// Steps bound to the tensors of one model.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/steps/step.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime::steps {

using Tensors = std::vector<AnyTensor>;
using Specs = std::vector<TensorSpec>;
using Labels = std::shared_ptr<const std::vector<std::string>>;  // Null: there are none.

// What a step does to the tensors, and what they are like afterwards.
struct BoundStep {
  Specs after;
  std::function<Result<>(Tensors& tensors)> run;
};

// Looks at names, types and shapes once, so that a run need not.
// Errors: kInvalid, beginning with the step's place, for a step that does not fit the tensors.
Result<BoundStep> Bind(const Step& step, Specs specs, const Labels& labels);

// Steps one after the other. Thread safety: thread-safe.
class StepPlan {
 public:
  // `specs` go in. Errors: as Bind.
  static Result<StepPlan> Make(Specs specs, const std::vector<Step>& steps, const Labels& labels);

  // What comes out.
  const Specs& After() const noexcept { return after_; }
  bool IsEmpty() const noexcept { return steps_.empty(); }

  // REQUIRES: tensors of the types that went into Make.
  // Errors: as the functions of kernels.hpp.
  Result<Tensors> Run(Tensors tensors) const;

 private:
  explicit StepPlan(Specs specs) : after_(std::move(specs)) {}

  Specs after_;
  std::vector<std::function<Result<>(Tensors& tensors)>> steps_;
};

}  // namespace tenon::runtime::steps
