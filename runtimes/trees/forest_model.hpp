// SPDX-License-Identifier: Apache-2.0
#pragma once

// A Forest as a model: rows of features in, predictions out.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "forest.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::trees {

// From the sums of one row to its prediction, in place. An argmax leaves its answer in the first.
template <class T>
struct Link {
  void (*apply)(std::span<T> sums, T parameter) noexcept = nullptr;  // Null: the sums themselves.
  T parameter{};
};

// What a prediction of one row is.
enum class Answer : std::uint8_t {
  kNumber,   // One for each row; the output is [rows].
  kNumbers,  // One for each group; the output is [rows, groups].
};

template <class T>
struct ForestModelParts {
  Forest<T> forest;
  std::vector<T> start;  // What the sum of each group begins with.
  T divisor = 1;         // Of the sums, before the link: how many trees are averaged.
  Link<T> link = {};
  Answer answer = Answer::kNumber;
  std::vector<std::string> feature_names = {};  // Empty where the artifact has none.
  runtime::Absence absence = runtime::Absence::kZero;
  std::string description = {};
};

// Takes "features" and gives "prediction", both of T. NaN is a missing value.
// Thread safety: thread-safe. A run uses the thread that calls it and no other.
template <class T>
class ForestModel final : public runtime::LoadedModel {
 public:
  // REQUIRES: start has as many as the forest has groups.
  explicit ForestModel(ForestModelParts<T> parts);

  std::span<const runtime::TensorSpec> Inputs() const noexcept override { return {&input_, 1}; }
  std::span<const runtime::TensorSpec> Outputs() const noexcept override { return {&output_, 1}; }
  std::string Description() const override { return parts_.description; }
  std::size_t InlineRows() const noexcept override;
  Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                     const runtime::RunOptions& options) const override;

 private:
  void Predict(std::span<const T> rows, std::span<T> sums) const noexcept;

  const ForestModelParts<T> parts_;
  runtime::TensorSpec input_;
  runtime::TensorSpec output_;
};

extern template class ForestModel<float>;
extern template class ForestModel<double>;

}  // namespace tenon::trees
