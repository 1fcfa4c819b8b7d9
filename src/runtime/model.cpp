// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "tenon/runtime/environment.hpp"

namespace tenon {
namespace {

std::string Names(std::span<const TensorSpec> specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", text.empty() ? "" : ", ", spec.name);
  }
  return text;
}

std::size_t IndexOf(std::string_view what, std::span<const TensorSpec> specs,
                    std::string_view name) {
  const auto found = std::ranges::find(specs, name, &TensorSpec::name);
  if (found == specs.end()) {
    throw Error(ErrorCode::kNotFound,
                fmt::format("The model has no {} \"{}\"; it has {}.", what, name, Names(specs)));
  }
  return static_cast<std::size_t>(found - specs.begin());
}

}  // namespace

std::size_t Model::InputIndex(std::string_view name) const {
  return IndexOf("input", Inputs(), name);
}
std::size_t Model::OutputIndex(std::string_view name) const {
  return IndexOf("output", Outputs(), name);
}

std::vector<AnyTensor> Model::Run(std::span<const AnyTensor> inputs,
                                  const RunOptions& options) const {
  return TryRun(inputs, options).Value();
}
std::vector<AnyTensor> Model::Run(std::initializer_list<AnyTensor> inputs,
                                  const RunOptions& options) const {
  return Run(std::span<const AnyTensor>(inputs.begin(), inputs.size()), options);
}
Result<std::vector<AnyTensor>> Model::TryRun(std::span<const AnyTensor> inputs,
                                             const RunOptions& options) const {
  return loaded_->Run(inputs, options);
}

AnyTensor Model::OnlyOutput(std::span<const AnyTensor> inputs, ElementType type) const {
  const std::span<const TensorSpec> outputs = Outputs();
  if (outputs.size() != 1 || outputs[0].element_type != type) {
    std::string found;
    for (const TensorSpec& spec : outputs) {
      fmt::format_to(std::back_inserter(found), "{}\"{}\": {}", found.empty() ? "" : ", ",
                     spec.name, runtime::ToString(spec));
    }
    throw Error(ErrorCode::kInternal, "The model's outputs are not what its deployment expects.")
        .WithPrivateDetail(fmt::format("Predict wants one output of type {}; the model has {}; use "
                                       "Run and OutputIndex",
                                       Name(type), found));
  }
  return std::move(Run(inputs).front());
}

Model LoadModel(const std::filesystem::path& path, LoadOptions options) {
  return Model(runtime::Environment::Current().Load(path, std::move(options)).Value());
}

}  // namespace tenon
