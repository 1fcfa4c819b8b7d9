// SPDX-License-Identifier: Apache-2.0
#pragma once

// Arrays as the inputs of a model.

#include <span>
#include <vector>

#include "schema/npz.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

// The array with the element type of the input, and with its leading dimension where it lacks it.
// Errors: kInvalid as schema::CastTensor, with the input's name.
Result<AnyTensor> FitArray(AnyTensor array, const TensorSpec& input);

// Arrays by the names of the inputs. Those that numpy.savez named itself, arr_0 and so on, are the
// inputs in order. Errors: kInvalid for names that are missing or that the model does not have.
Result<std::vector<AnyTensor>> FitArrays(std::vector<schema::NamedTensor> arrays,
                                         std::span<const TensorSpec> inputs);

}  // namespace tenon::runtime
