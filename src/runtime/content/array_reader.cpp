// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/array_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/rows.hpp"
#include "schema/tensor_cast.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::runtime {
namespace {

Error Refused(std::string detail) { return {ErrorCode::kInvalid, std::move(detail)}; }

std::vector<std::string> NamesOf(std::span<const TensorSpec> inputs) {
  std::vector<std::string> names;
  for (const TensorSpec& input : inputs) names.push_back(input.name);
  return names;
}

// arr_0, arr_1, ...: what has no name is given by its place.
bool AreUnnamed(const std::vector<schema::NamedTensor>& arrays) {
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (arrays[i].name != fmt::format("arr_{}", i)) return false;
  }
  return true;
}

}  // namespace

Result<AnyTensor> FitArray(AnyTensor array, const TensorSpec& input) {
  Result<AnyTensor> cast = schema::CastTensor(std::move(array), input.element_type);
  if (cast) return WithRows(*std::move(cast), input);
  return Refused(fmt::format("The array does not fit the input \"{}\": {}.", input.name,
                             cast.Error().Detail()));
}

Result<std::vector<AnyTensor>> FitArrays(std::vector<schema::NamedTensor> arrays,
                                         std::span<const TensorSpec> inputs) {
  if (arrays.size() == inputs.size() && AreUnnamed(arrays)) {
    for (std::size_t i = 0; i < inputs.size(); ++i) arrays[i].name = inputs[i].name;
  }
  std::vector<AnyTensor> tensors;
  for (const TensorSpec& input : inputs) {
    const auto array = std::ranges::find(arrays, input.name, &schema::NamedTensor::name);
    if (array == arrays.end()) {
      return Refused(
          fmt::format("There is no array '{}', which is an input of the model.", input.name));
    }
    Result<AnyTensor> fitted = FitArray(std::move(array->tensor), input);
    if (!fitted) return std::move(fitted).Error();
    tensors.push_back(*std::move(fitted));
  }
  const std::vector<std::string> names = NamesOf(inputs);
  for (const schema::NamedTensor& array : arrays) {
    if (std::ranges::find(names, array.name) != names.end()) continue;
    std::string shown;
    for (const char c : array.name.substr(0, 60)) shown += c < ' ' || c > '~' ? '?' : c;
    return Refused(fmt::format("The model has no input '{}'.{}", shown, DidYouMean(shown, names)));
  }
  return tensors;
}

}  // namespace tenon::runtime
