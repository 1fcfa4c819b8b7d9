// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/fake_runtime.hpp"

#include <utility>

namespace tenon::testing {
namespace {

class FakeModel final : public runtime::LoadedModel {
 public:
  FakeModel(FakeModelScript script, std::shared_ptr<FakeRuntimeCounts> counts)
      : script_(std::move(script)), counts_(std::move(counts)) {
    ++counts_->live;
  }
  ~FakeModel() override { --counts_->live; }

  std::span<const runtime::TensorSpec> Inputs() const noexcept override { return script_.inputs; }
  std::span<const runtime::TensorSpec> Outputs() const noexcept override { return script_.outputs; }
  std::string Description() const override { return "a fake"; }

  Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                     const runtime::RunOptions& options) const override {
    if (Result<> checked = runtime::CheckInputs(script_.inputs, inputs); !checked) {
      return std::move(checked).Error();
    }
    ++counts_->runs;
    if (script_.latency) script_.latency();
    if (options.stop.StopRequested()) {
      return Error(ErrorCode::kCancelled, "The run was stopped.");
    }
    if (script_.run) return script_.run(inputs);
    return std::vector<AnyTensor>(inputs.begin(), inputs.end());
  }

 private:
  const FakeModelScript script_;
  const std::shared_ptr<FakeRuntimeCounts> counts_;
};

}  // namespace

FakeRuntime::FakeRuntime(std::string name, FakeModelScript script)
    : name_(std::move(name)),
      script_(std::move(script)),
      counts_(std::make_shared<FakeRuntimeCounts>()) {}
FakeRuntime::~FakeRuntime() = default;

Result<std::unique_ptr<runtime::LoadedModel>> FakeRuntime::Load(
    const std::filesystem::path& artifact, const runtime::LoadOptions& options) {
  ++counts_->loads;
  if (script_.load) {
    if (Result<> allowed = script_.load(artifact, options); !allowed) {
      return std::move(allowed).Error();
    }
  }
  return std::unique_ptr<runtime::LoadedModel>(std::make_unique<FakeModel>(script_, counts_));
}

}  // namespace tenon::testing
