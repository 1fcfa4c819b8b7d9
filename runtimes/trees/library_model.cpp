// SPDX-License-Identifier: Apache-2.0
#include "library_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tenon/base/error.hpp"

namespace tenon::trees {
namespace {

// Rows between two looks at the stop token.
constexpr std::size_t kRowsPerStep = 1024;

}  // namespace

template <class T>
LibraryModel<T>::LibraryModel(LibraryBooster<T> booster) : booster_(std::move(booster)) {
  constexpr std::size_t kRows = 2;
  const std::vector<T> zeros(kRows * booster_.features);
  const std::size_t numbers = booster_.predict(zeros, kRows).size();
  if (numbers == 0 || numbers % kRows != 0) {
    throw LibraryFailure{fmt::format("it predicts {} numbers for {} rows", numbers, kRows)};
  }
  groups_ = numbers / kRows;
  input_ = {.name = "features",
            .element_type = kElementTypeOf<T>,
            .dimensions = {runtime::kDynamic, static_cast<std::int64_t>(booster_.features)},
            .symbols = {"rows", ""},
            .columns = booster_.feature_names,
            .absence = booster_.absence};
  output_ = {.name = "prediction",
             .element_type = kElementTypeOf<T>,
             .dimensions = {runtime::kDynamic},
             .symbols = {"rows"},
             .columns = {}};
  if (groups_ > 1) {
    output_.dimensions.push_back(static_cast<std::int64_t>(groups_));
    output_.symbols.emplace_back();
  }
}

template <class T>
Result<std::vector<AnyTensor>> LibraryModel<T>::Run(std::span<const AnyTensor> inputs,
                                                    const runtime::RunOptions& options) const {
  if (Result<> checked = runtime::CheckInputs(Inputs(), inputs); !checked) {
    return std::move(checked).Error();
  }
  try {
    const std::span<const T> rows = inputs[0].Elements<T>();
    const auto count = static_cast<std::size_t>(inputs[0].Shape()[0]);
    std::vector<std::int64_t> shape = output_.dimensions;
    shape[0] = inputs[0].Shape()[0];
    auto predictions = Tensor<T>::Create(std::move(shape));
    for (std::size_t first = 0; first < count; first += kRowsPerStep) {
      if (options.stop.StopRequested()) {
        return Error(ErrorCode::kCancelled, "The run was stopped.");
      }
      const std::size_t step = std::min(kRowsPerStep, count - first);
      const auto part = rows.subspan(first * booster_.features, step * booster_.features);
      const std::lock_guard lock(mutex_);
      const std::vector<T> answers = booster_.predict(part, step);
      if (answers.size() != step * groups_) {
        throw LibraryFailure{
            fmt::format("it predicted {} numbers for {} rows", answers.size(), step)};
      }
      std::ranges::copy(answers, predictions.begin() + first * groups_);
    }
    return std::vector<AnyTensor>{std::move(predictions).Any()};
  } catch (LibraryFailure& failure) {
    return Error(ErrorCode::kInternal, "The model failed while it ran.")
        .WithPrivateDetail(std::move(failure.text));
  } catch (...) {
    return ErrorFromCurrentException();
  }
}

template class LibraryModel<float>;
template class LibraryModel<double>;

}  // namespace tenon::trees
