// SPDX-License-Identifier: Apache-2.0
#pragma once

// NumPy's file format for one array: `numpy.save` and `numpy.load`.

#include <string>
#include <string_view>

#include "tenon/base/result.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

// Reads versions 1 to 3: booleans, integers, floats (float16 as float32), `U` and `S` texts, in
// either byte order and either order of elements. The answer is row-major and has its own elements.
// Errors: kMalformed for what is no NPY, is cut, or has more bytes than its shape says; kInvalid
// for types that are not read: pickled objects, records, complex numbers, times.
Result<AnyTensor> ReadNpy(std::string_view bytes);

// Appends the tensor as version 1. Texts become `U`.
// Errors: kTooLarge for texts that padding would blow up beyond 512 MiB; nothing is appended then.
// REQUIRES: a type that JSON has a form for.
Result<> WriteNpy(const AnyTensor& tensor, std::string& out);

}  // namespace tenon::schema
