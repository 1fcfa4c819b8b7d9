// SPDX-License-Identifier: Apache-2.0
#pragma once

// NumPy's file format for several arrays: `numpy.savez`, `numpy.savez_compressed`, `numpy.load`.

#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

struct NamedTensor {
  std::string name;
  AnyTensor tensor;
};

// The arrays in the order of the file.
// Errors: as ReadZip and ReadNpy, with the array's name.
Result<std::vector<NamedTensor>> ReadNpz(std::string_view bytes);

// Appends the arrays, without compression. Errors: as WriteNpy; kTooLarge beyond 2 GiB.
Result<> WriteNpz(const std::vector<NamedTensor>& arrays, std::string& out);

}  // namespace tenon::schema
