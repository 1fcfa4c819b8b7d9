// SPDX-License-Identifier: Apache-2.0
#include "forest_model.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tenon/base/error.hpp"

namespace tenon::trees {
namespace {

// Rows between two looks at the stop token: some milliseconds of a large forest.
constexpr std::size_t kRowsPerStep = 1024;

}  // namespace

template <class T>
ForestModel<T>::ForestModel(ForestModelParts<T> parts) : parts_(std::move(parts)) {
  const auto features = static_cast<std::int64_t>(parts_.forest.Features());
  input_ = {.name = "features",
            .element_type = kElementTypeOf<T>,
            .dimensions = {runtime::kDynamic, features},
            .symbols = {"rows", ""},
            .columns = parts_.feature_names,
            .absence = parts_.absence};
  output_ = {.name = "prediction",
             .element_type = kElementTypeOf<T>,
             .dimensions = {runtime::kDynamic},
             .symbols = {"rows"},
             .columns = {}};
  if (parts_.answer == Answer::kNumbers) {
    output_.dimensions.push_back(static_cast<std::int64_t>(parts_.forest.Groups()));
    output_.symbols.emplace_back();
  }
}

template <class T>
std::size_t ForestModel<T>::InlineRows() const noexcept {
  // A split costs 4 to 8 ns; a tree costs something even where it has none.
  constexpr std::size_t kSplits = 2000;
  return kSplits / std::max<std::size_t>(parts_.forest.LongestWay() + parts_.forest.Trees(), 1);
}

template <class T>
void ForestModel<T>::Predict(std::span<const T> rows, std::span<T> sums) const noexcept {
  const std::size_t groups = parts_.forest.Groups();
  for (std::size_t i = 0; i < sums.size(); i += groups) {
    std::ranges::copy(parts_.start, sums.begin() + static_cast<std::ptrdiff_t>(i));
  }
  parts_.forest.AddLeaves(rows, sums);
  if (parts_.divisor != 1) {
    for (T& sum : sums) sum /= parts_.divisor;
  }
  if (parts_.link.apply == nullptr) return;
  for (std::size_t i = 0; i < sums.size(); i += groups) {
    parts_.link.apply(sums.subspan(i, groups), parts_.link.parameter);
  }
}

template <class T>
Result<std::vector<AnyTensor>> ForestModel<T>::Run(std::span<const AnyTensor> inputs,
                                                   const runtime::RunOptions& options) const {
  if (Result<> checked = runtime::CheckInputs(Inputs(), inputs); !checked) {
    return std::move(checked).Error();
  }
  try {
    const std::size_t features = parts_.forest.Features();
    const std::size_t groups = parts_.forest.Groups();
    const std::span<const T> rows = inputs[0].Elements<T>();
    const std::int64_t count = inputs[0].Shape()[0];
    auto sums = Tensor<T>::Create({count, static_cast<std::int64_t>(groups)});
    const std::size_t step = kRowsPerStep;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); i += step) {
      if (options.stop.StopRequested()) {
        return Error(ErrorCode::kCancelled, "The run was stopped.");
      }
      const std::size_t n = std::min(step, static_cast<std::size_t>(count) - i);
      Predict(rows.subspan(i * features, n * features),
              std::span<T>(sums.data() + i * groups, n * groups));
    }
    if (parts_.answer == Answer::kNumbers) return std::vector<AnyTensor>{std::move(sums).Any()};
    if (groups == 1) return std::vector<AnyTensor>{sums.Any().Reshape({count})};
    auto first = Tensor<T>::Create({count});
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = sums[i * groups];
    return std::vector<AnyTensor>{std::move(first).Any()};
  } catch (...) {
    return ErrorFromCurrentException();
  }
}

template class ForestModel<float>;
template class ForestModel<double>;

}  // namespace tenon::trees
