// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tensors of one element type as another.

#include "tenon/base/result.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

// The same tensor where it has that type already; else a new one, by the rules of numbers in JSON:
// floats are rounded to the nearest one, 1.0 is an integer, and what the type cannot hold is
// refused. NaN and infinities stay what they are in floats. Numbers, texts and truth values are not
// each other's.
// Errors: kInvalid, naming both types, or the first element that does not fit.
Result<AnyTensor> CastTensor(AnyTensor tensor, ElementType to);

}  // namespace tenon::schema
