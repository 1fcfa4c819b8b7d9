// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a model's numbers become before and after it runs: pure functions on tensors, each along the
// last dimension. All give elements of their own. Errors: kInternal for tensors that do not fit,
// since what a model gives is not the client's fault.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tenon/base/result.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime::steps {

// exp(x) / sum of exp, without overflow. REQUIRES: float32 or float64.
Result<AnyTensor> Softmax(const AnyTensor& scores);

// 1 / (1 + exp(-x)). REQUIRES: float32 or float64.
AnyTensor Sigmoid(const AnyTensor& scores);

// The `count` largest values and where they stand, largest first; of equal ones the first. NaN is
// less than every number.
struct Largest {
  AnyTensor places;  // int64.
  AnyTensor values;
};
// REQUIRES: float32 or float64.
Result<Largest> TopK(const AnyTensor& scores, std::size_t count);
// As TopK of one, without the last dimension.
Result<Largest> ArgMax(const AnyTensor& scores);

// Whether each is at least `limit`. NaN is not. REQUIRES: float32 or float64.
AnyTensor AtLeast(const AnyTensor& scores, double limit);

// The label of each number. REQUIRES: integers or bools.
Result<AnyTensor> LookUp(const AnyTensor& places, std::span<const std::string> labels);

// x * by + add. REQUIRES: float32 or float64.
AnyTensor Scale(const AnyTensor& values, double by, double add);

// (x - mean) / deviation, with a mean and a deviation for each index of the dimension `axis`; one
// of each goes for all. Errors: kInvalid where the dimension has another length: it is a request's.
// REQUIRES: float32 or float64; as many means as deviations.
Result<AnyTensor> Normalise(const AnyTensor& values, std::size_t axis, std::span<const double> mean,
                            std::span<const double> deviation);

// Without the last dimension, which is 1. REQUIRES: at least one dimension.
Result<AnyTensor> Squeeze(const AnyTensor& tensor);

}  // namespace tenon::runtime::steps
