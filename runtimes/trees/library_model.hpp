// SPDX-License-Identifier: Apache-2.0
#pragma once

// A model that the library of its maker executes.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::trees {

// What a library's booster does. The functions are called one at a time.
template <class T>
struct LibraryBooster {
  std::size_t features = 0;
  // Predicts `count` rows [count, features]; as many numbers for each row. Throws LibraryFailure.
  std::function<std::vector<T>(std::span<const T> rows, std::size_t count)> predict;
  std::vector<std::string> feature_names = {};
  runtime::Absence absence = runtime::Absence::kZero;
  std::string description = {};
};

// What a library reported, thrown inside the plug-ins only. The text is for the log.
struct LibraryFailure {
  std::string text;
};

// Takes "features" and gives "prediction", as ForestModel does.
// Thread safety: thread-safe; runs take turns.
template <class T>
class LibraryModel final : public runtime::LoadedModel {
 public:
  // Predicts two rows of zeros, to learn what the model gives for each.
  // Errors: throws LibraryFailure.
  explicit LibraryModel(LibraryBooster<T> booster);

  std::span<const runtime::TensorSpec> Inputs() const noexcept override { return {&input_, 1}; }
  std::span<const runtime::TensorSpec> Outputs() const noexcept override { return {&output_, 1}; }
  std::string Description() const override { return booster_.description; }
  Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                     const runtime::RunOptions& options) const override;

 private:
  const LibraryBooster<T> booster_;
  mutable std::mutex mutex_;  // Held while the library predicts.
  std::size_t groups_ = 1;
  runtime::TensorSpec input_;
  runtime::TensorSpec output_;
};

extern template class LibraryModel<float>;
extern template class LibraryModel<double>;

}  // namespace tenon::trees
