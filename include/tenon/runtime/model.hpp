// SPDX-License-Identifier: Apache-2.0
#pragma once

// Artifacts in the hands of a deployment.

#include <array>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/model_directory.hpp"
#include "tenon/runtime/runtime.hpp"
#include "tenon/runtime/stack.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon {

using runtime::LoadOptions;
using runtime::RunOptions;
using runtime::TensorSpec;

// A loaded artifact. A value: copies share the session and its weights.
//
//   class Classifier {
//    public:
//     explicit Classifier(std::filesystem::path path) : model_(tenon::LoadModel(path)) {}
//     ...
//     std::vector<Label> ClassifyBatch(std::span<const Features> batch) const {
//       const Tensor<float> scores = model_.Predict<float>(tenon::StackRows(batch, &Row));
//
// A run blocks its thread for as long as the model computes: call it from the function of a
// `Batched` or from a synchronous `Infer`, never from a coroutine on its loop.
// Thread safety: thread-safe; overlapping runs share the threads of the session.
// Errors: the functions throw Error with the codes of runtime::LoadedModel::Run, which fails the
// request or the batch that called; TryRun returns it.
class TENON_EXPORT Model {
 public:
  explicit Model(std::shared_ptr<const runtime::LoadedModel> loaded) noexcept
      : loaded_(std::move(loaded)) {}

  std::span<const TensorSpec> Inputs() const noexcept { return loaded_->Inputs(); }
  std::span<const TensorSpec> Outputs() const noexcept { return loaded_->Outputs(); }
  // What executes it: "ONNX Runtime 1.32.0, CPU, 2 threads".
  std::string Description() const { return loaded_->Description(); }
  // As runtime::LoadedModel::InlineRows.
  std::size_t InlineRows() const noexcept { return loaded_->InlineRows(); }

  // The position of an input or output of that name. Errors: throws kNotFound, listing the names.
  std::size_t InputIndex(std::string_view name) const;
  std::size_t OutputIndex(std::string_view name) const;

  // All outputs, in the order of Outputs(), from inputs in the order of Inputs().
  std::vector<AnyTensor> Run(std::span<const AnyTensor> inputs,
                             const RunOptions& options = {}) const;
  std::vector<AnyTensor> Run(std::initializer_list<AnyTensor> inputs,
                             const RunOptions& options = {}) const;
  Result<std::vector<AnyTensor>> TryRun(std::span<const AnyTensor> inputs,
                                        const RunOptions& options = {}) const;

  // The output of a model that has only one, as a tensor of T.
  // Errors: also throws kInternal where the model has several outputs, or one of another type.
  template <TensorElement T, TensorElement... Inputs>
  Tensor<T> Predict(const Tensor<Inputs>&... inputs) const {
    const std::array<AnyTensor, sizeof...(Inputs)> given = {inputs...};
    return Tensor<T>(OnlyOutput(given, kElementTypeOf<T>));
  }

 private:
  AnyTensor OnlyOutput(std::span<const AnyTensor> inputs, ElementType type) const;

  std::shared_ptr<const runtime::LoadedModel> loaded_;
};

// Loads the artifact at `path`: a file, or a directory that holds one. Meant for the constructor of
// a deployment, where its Error fails the start with a line that says what was looked for and
// where. Everyone in this process who loads the same file with the same options gets the same
// session. Errors: throws kNotFound for a missing or empty directory, kInvalid for an artifact that
// cannot be executed, and what the runtime reports where it is not installed.
TENON_EXPORT Model LoadModel(const std::filesystem::path& path, LoadOptions options = {});

}  // namespace tenon
