// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/runtime.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

namespace tenon::runtime {
namespace {

std::string Listing(std::span<const TensorSpec> specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    fmt::format_to(std::back_inserter(text), "{}\"{}\": {}", text.empty() ? "" : ", ", spec.name,
                   ToString(spec));
  }
  return text.empty() ? "none" : text;
}

bool ShapeFits(const TensorSpec& spec, std::span<const std::int64_t> shape) noexcept {
  if (spec.dimensions.empty()) return true;  // The artifact may just not say.
  if (spec.dimensions.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (spec.dimensions[i] != kDynamic && spec.dimensions[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace

LoadedModel::~LoadedModel() = default;
Runtime::~Runtime() = default;

std::string ToString(const TensorSpec& spec) {
  std::string text(Name(spec.element_type));
  text += '[';
  for (std::size_t i = 0; i < spec.dimensions.size(); ++i) {
    if (i > 0) text += ", ";
    if (spec.dimensions[i] != kDynamic) {
      text += std::to_string(spec.dimensions[i]);
    } else if (i < spec.symbols.size() && !spec.symbols[i].empty()) {
      text += spec.symbols[i];
    } else {
      text += '?';
    }
  }
  return text + ']';
}

Result<> CheckInputs(std::span<const TensorSpec> specs, std::span<const AnyTensor> inputs) {
  if (specs.size() != inputs.size()) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("The model takes {} inputs ({}), but was given {}.", specs.size(),
                             Listing(specs), inputs.size()));
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const TensorSpec& spec = specs[i];
    const AnyTensor& input = inputs[i];
    if (input.Type() == spec.element_type && ShapeFits(spec, input.Shape())) continue;
    return Error(ErrorCode::kInvalid,
                 fmt::format("Input \"{}\" takes {}, but was given {}[{}].", spec.name,
                             ToString(spec), Name(input.Type()), fmt::join(input.Shape(), ", ")));
  }
  return {};
}

}  // namespace tenon::runtime
