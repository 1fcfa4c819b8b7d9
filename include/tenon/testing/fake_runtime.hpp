// SPDX-License-Identifier: Apache-2.0
#pragma once

// A runtime for tests: no artifact format, no third-party library, every answer programmed.

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::testing {

// What a test sees of a FakeRuntime's models, and how it outlives them. Thread safety: thread-safe.
struct FakeRuntimeCounts {
  std::atomic<int> loads = 0;  // Calls of `Load`, failed ones included.
  std::atomic<int> live = 0;   // Models in memory.
  std::atomic<int> runs = 0;   // Runs whose inputs fitted.
};

// What a FakeRuntime's models are and do. The functions run on whatever thread calls the model,
// several at once where the test does so.
struct FakeModelScript {
  std::vector<runtime::TensorSpec> inputs = {};
  std::vector<runtime::TensorSpec> outputs = {};
  // The answer of a run; returns its inputs when empty.
  std::function<Result<std::vector<AnyTensor>>(std::span<const AnyTensor>)> run = {};
  // Called before each run: where a test lets a manual clock advance or waits for its own signal.
  // Nothing happens when empty; nothing ever sleeps.
  std::function<void()> latency = {};
  // Called before each load; an Error fails it.
  std::function<Result<>(const std::filesystem::path&, const runtime::LoadOptions&)> load = {};
};

// Lifetime: models may outlive the runtime. Thread safety: thread-safe where the functions are.
class TENON_EXPORT FakeRuntime final : public runtime::Runtime {
 public:
  // Answers to `name`, so that it can stand in for "onnx" in a RuntimeRegistry.
  FakeRuntime(std::string name, FakeModelScript script);
  ~FakeRuntime() override;

  std::string_view Name() const noexcept override { return name_; }
  Result<std::unique_ptr<runtime::LoadedModel>> Load(const std::filesystem::path& artifact,
                                                     const runtime::LoadOptions& options) override;

  // Shared with the models, so that a test can look at it after both are gone.
  std::shared_ptr<const FakeRuntimeCounts> Counts() const noexcept { return counts_; }

 private:
  const std::string name_;
  const FakeModelScript script_;
  const std::shared_ptr<FakeRuntimeCounts> counts_;
};

}  // namespace tenon::testing
