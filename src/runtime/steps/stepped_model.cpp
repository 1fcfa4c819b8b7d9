// SPDX-License-Identifier: Apache-2.0
#include "runtime/steps/stepped_model.hpp"

#include <fmt/format.h>

#include <utility>

namespace tenon::runtime::steps {
namespace {

class SteppedModel final : public LoadedModel {
 public:
  SteppedModel(std::shared_ptr<const LoadedModel> model, StepPlan before, StepPlan after)
      : model_(std::move(model)), before_(std::move(before)), after_(std::move(after)) {}

  std::span<const TensorSpec> Inputs() const noexcept override { return model_->Inputs(); }
  std::span<const TensorSpec> Outputs() const noexcept override { return after_.After(); }
  std::string Description() const override { return model_->Description(); }
  std::size_t InlineRows() const noexcept override { return model_->InlineRows(); }

  Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                     const RunOptions& options) const override {
    if (before_.IsEmpty()) return Finish(model_->Run(inputs, options));
    // Steps rely on types and dimensions.
    if (auto fit = CheckInputs(Inputs(), inputs); !fit) return std::move(fit).Error();
    auto prepared = before_.Run({inputs.begin(), inputs.end()});
    if (!prepared) return prepared;
    return Finish(model_->Run(*prepared, options));
  }

 private:
  Result<std::vector<AnyTensor>> Finish(Result<std::vector<AnyTensor>> outputs) const {
    if (!outputs) return outputs;
    return after_.Run(*std::move(outputs));
  }

  const std::shared_ptr<const LoadedModel> model_;
  const StepPlan before_;
  const StepPlan after_;
};

}  // namespace

Result<std::shared_ptr<const LoadedModel>> WithSteps(std::shared_ptr<const LoadedModel> model,
                                                     const ModelSteps& steps) {
  if (steps.before.empty() && steps.after.empty()) return model;
  const auto specs = [](std::span<const TensorSpec> all) { return Specs(all.begin(), all.end()); };
  Result<StepPlan> before = StepPlan::Make(specs(model->Inputs()), steps.before, steps.labels);
  if (!before) return std::move(before).Error();
  Result<StepPlan> after = StepPlan::Make(specs(model->Outputs()), steps.after, steps.labels);
  if (!after) return std::move(after).Error();
  return std::make_shared<const SteppedModel>(std::move(model), *std::move(before),
                                              *std::move(after));
}

}  // namespace tenon::runtime::steps
