// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_application.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

#include "runtime/artifact_json.hpp"
#include "tenon/protocol/sagemaker/artifact_driver.hpp"
#include "tenon/runtime/artifact.hpp"
#include "tenon/runtime/artifact_deployment.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/runtime/environment.hpp"

namespace tenon::app {
namespace {

Result<Model> Load(const std::filesystem::path& path, LoadOptions options) {
  auto loaded = runtime::Environment::Current().Load(path, std::move(options));
  if (!loaded) return std::move(loaded).Error();
  return Model(*std::move(loaded));
}

void AppendSpecs(std::string_view title, std::span<const TensorSpec> specs, std::string& text) {
  for (const TensorSpec& spec : specs) {
    fmt::format_to(std::back_inserter(text), "  {:<9} {}: {}\n", title, spec.name,
                   runtime::ToString(spec));
    for (std::size_t i = 0; i < spec.columns.size(); ++i) {
      fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "            columns " : ", ",
                     spec.columns[i]);
    }
    if (!spec.columns.empty()) text += '\n';
  }
}

}  // namespace

bool NamesArtifact(const std::string& target) {
  std::error_code error;
  if (target.find(':') != std::string::npos || target.ends_with(".so")) return false;
  if (target.find('/') != std::string::npos) return true;
  return std::filesystem::exists(target, error) || runtime::KindOfFileName(target) != nullptr;
}

Result<BuiltApplication> BuildArtifactApplication(const ApplicationSource& source) {
  LoadOptions options;
  for (const auto& [name, value] : source.arguments) options.settings.emplace(name, value);
  const Result<Model> model = Load(source.target, std::move(options));
  if (!model) return model.Error();
  Result<runtime::ArtifactTypes> types = runtime::MakeArtifactTypes(*model);
  if (!types) return std::move(types).Error();
  BuiltApplication built;
  built.application = std::make_unique<Application>(source.application_name, source.overrides);
  built.module = source.target;
  try {
    const auto handle = built.application->Bind<runtime::ArtifactDeployment>({}, *model, *types);
    built.driver = sagemaker::ArtifactDriver(handle, *model, *std::move(types));
  } catch (...) {
    return ErrorFromCurrentException();
  }
  return built;
}

Result<std::string> DescribeArtifact(const std::string& path) {
  const Result<runtime::Artifact> artifact = runtime::FindArtifact(path);
  if (!artifact) return artifact.Error();
  const Result<Model> model = Load(path, {});
  if (!model) return model.Error();
  Result<runtime::ArtifactTypes> types = runtime::MakeArtifactTypes(*model);
  if (!types) return std::move(types).Error();
  std::string text = fmt::format("{}: {}\n  runtime   {}\n", artifact->path.string(),
                                 artifact->kind->description, model->Description());
  AppendSpecs("input", model->Inputs(), text);
  AppendSpecs("output", model->Outputs(), text);
  fmt::format_to(std::back_inserter(text), "  batching  {}\n",
                 runtime::IsBatchable(*model)
                     ? "rows of requests that wait together become one run"
                     : "off: a dimension of the model is fixed, so each request is a run");
  const std::string example = runtime::ArtifactJson(*model, *std::move(types)).Example();
  if (!example.empty()) {
    fmt::format_to(std::back_inserter(text), "  request   {}\n", example);
  }
  fmt::format_to(std::back_inserter(text), "\nServe it:\n  tenon run {}\n", path);
  return text;
}

}  // namespace tenon::app
