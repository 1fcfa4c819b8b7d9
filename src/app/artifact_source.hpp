// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the words of the command line to an artifact with its `tenon.yaml`, and to a loaded model.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/artifact_config.hpp"
#include "runtime/archive/temporary_folder.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/runtime/configured_artifact.hpp"
#include "tenon/runtime/model.hpp"

namespace tenon::app {

struct ArtifactSource {
  // Where an archive was unpacked; a loaded model needs it no longer.
  std::optional<runtime::TemporaryFolder> unpacked = {};
  runtime::Artifact artifact;
  ArtifactConfig config = {};
  // Where a `tenon.yaml` for it belongs: beside the artifact, or beside the archive.
  std::filesystem::path config_place = {};
  // What `artifact` in it would say.
  std::string config_names = {};
};

// Unpacks an archive, finds the artifact and reads the `tenon.yaml` of the folder at `target`, or
// the one beside the artifact. One beside an archive counts where the archive has none and its
// `artifact` is the archive's name.
// Errors: as runtime::FindArtifact, runtime::archive::Unpack and ReadArtifactConfig.
TENON_EXPORT Result<ArtifactSource> OpenArtifactSource(const std::filesystem::path& target);

using Words = std::vector<std::pair<std::string, std::string>>;

struct LoadedArtifact {
  Model model;  // With its steps.
  Model bare;   // Without them.
  runtime::ArtifactTypes types;
};

// Loads a model with the settings and steps of its `tenon.yaml`, for a binding with structs. What
// the file says wins over the binding's own. Errors: as OpenArtifactSource, Environment::Load and
// WithSteps.
TENON_EXPORT Result<runtime::ConfiguredArtifact> ConfigureArtifact(
    const std::filesystem::path& path, LoadOptions load, runtime::ArtifactServing serving);

// Loads it with the settings of its `tenon.yaml`; `words` win over them.
// Errors: as runtime::Environment::Load and WithSteps; kInvalid for a model that cannot be served
// without code.
TENON_EXPORT Result<LoadedArtifact> LoadArtifact(const ArtifactSource& source, const Words& words);

}  // namespace tenon::app
