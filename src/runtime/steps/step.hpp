// SPDX-License-Identifier: Apache-2.0
#pragma once

// What stands in a `tenon.yaml` under preprocess and postprocess, one struct a step. `tensor` names
// an input or output; empty: the only one that the step can take.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tenon::runtime::steps {

// Before the model.
struct ScaleStep {
  static constexpr std::string_view kName = "scale";
  std::string tensor = {};
  double by = 1;
  double add = 0;
};
struct NormaliseStep {
  static constexpr std::string_view kName = "normalise";
  std::string tensor = {};
  std::size_t axis = 1;
  std::vector<double> mean = {0};
  std::vector<double> deviation = {1};  // As many.
};

// After it. Each takes what the steps before it have left.
struct SoftmaxStep {
  static constexpr std::string_view kName = "softmax";
  std::string tensor = {};
};
struct SigmoidStep {
  static constexpr std::string_view kName = "sigmoid";
  std::string tensor = {};
};
// The tensor becomes `label` (or `index`, where there are no labels) and `score`.
struct ArgMaxStep {
  static constexpr std::string_view kName = "argmax";
  std::string tensor = {};
};
// The tensor becomes `labels` (or `indices`) and `scores`, largest first.
struct TopKStep {
  static constexpr std::string_view kName = "top_k";
  std::string tensor = {};
  std::size_t k = 1;
};
// The tensor becomes `label`, the second of two labels from `at` on, or `positive`; and `score`.
struct ThresholdStep {
  static constexpr std::string_view kName = "threshold";
  std::string tensor = {};
  double at = 0.5;
};
// Integers become their labels, under the same name.
struct LookUpStep {
  static constexpr std::string_view kName = "look_up";
  std::string tensor = {};
};
struct RenameStep {
  static constexpr std::string_view kName = "rename";
  std::string tensor = {};
  std::string to = {};
};
// What is not named is left out of the answer.
struct KeepStep {
  static constexpr std::string_view kName = "keep";
  std::vector<std::string> tensors = {};
};

using AnyStep = std::variant<ScaleStep, NormaliseStep, SoftmaxStep, SigmoidStep, ArgMaxStep,
                             TopKStep, ThresholdStep, LookUpStep, RenameStep, KeepStep>;

struct Step {
  AnyStep step;
  std::string place = {};  // "tenon.yaml:7", for errors.
};

inline std::string_view NameOf(const AnyStep& step) noexcept {
  return std::visit([](const auto& one) { return one.kName; }, step);
}

}  // namespace tenon::runtime::steps
