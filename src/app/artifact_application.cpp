// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_application.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "app/artifact_source.hpp"
#include "runtime/archive/unpack.hpp"
#include "tenon/protocol/sagemaker/artifact_driver.hpp"
#include "tenon/runtime/artifact.hpp"
#include "tenon/runtime/artifact_deployment.hpp"

namespace tenon::app {

bool NamesArtifact(const std::string& target) {
  std::error_code error;
  if (target.find(':') != std::string::npos || target.ends_with(".so")) return false;
  if (target.find('/') != std::string::npos) return true;
  return std::filesystem::exists(target, error) || runtime::KindOfFileName(target) != nullptr ||
         runtime::archive::IsArchiveName(target);
}

Result<BuiltApplication> BuildArtifactApplication(const ApplicationSource& source) {
  // An archive's folder goes when this returns: the model is in memory by then.
  const Result<ArtifactSource> found = OpenArtifactSource(source.target);
  if (!found) return found.Error();
  Result<LoadedArtifact> loaded = LoadArtifact(*found, source.arguments);
  if (!loaded) return std::move(loaded).Error();
  BuiltApplication built;
  built.application = std::make_unique<Application>(source.application_name, source.overrides);
  built.module = source.target;
  built.executed_by = loaded->bare.Description();
  try {
    const auto handle = built.application->Bind<runtime::ArtifactDeployment>(
        {.name = found->config.name}, loaded->model, loaded->types, found->config.serving);
    runtime::ArtifactContent content = found->config.content;
    content.name =
        found->config.name.empty() ? found->artifact.path.stem().string() : found->config.name;
    built.driver =
        sagemaker::ArtifactDriver(handle, loaded->model, std::move(loaded->types), content);
  } catch (...) {
    return ErrorFromCurrentException();
  }
  return built;
}

}  // namespace tenon::app
