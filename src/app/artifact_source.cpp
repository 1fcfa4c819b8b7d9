// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_source.hpp"

#include <system_error>

#include "runtime/archive/unpack.hpp"
#include "tenon/runtime/environment.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

// Absent where there is none.
Result<std::optional<ArtifactConfig>> ReadBeside(const fs::path& folder) {
  std::error_code failure;
  const fs::path file = folder / kArtifactConfigName;
  if (!fs::exists(file, failure)) return std::optional<ArtifactConfig>();
  auto config = ReadArtifactConfig(file);
  if (!config) return std::move(config).Error();
  return std::optional(*std::move(config));
}

// The one of the archive's neighbour that says that it means it.
Result<> TakeOuter(const fs::path& archive, ArtifactSource& source) {
  source.config_place = archive.parent_path() / kArtifactConfigName;
  source.config_names = archive.filename().string();
  if (!source.config.file.empty()) return {};
  auto outer = ReadBeside(archive.parent_path());
  if (!outer) return std::move(outer).Error();
  if (*outer && (*outer)->artifact == archive.filename().string()) {
    source.config = **std::move(outer);
  }
  return {};
}

Result<ArtifactSource> OpenFolder(const fs::path& folder) {
  auto config = ReadBeside(folder);
  if (!config) return std::move(config).Error();
  // A file that was written for an archive may lie in it.
  const bool names_artifact = *config && !(*config)->artifact.empty() &&
                              !runtime::archive::IsArchiveName((*config)->artifact);
  auto artifact = runtime::FindArtifact(names_artifact ? folder / (*config)->artifact : folder);
  if (!artifact) return std::move(artifact).Error();
  const fs::path beside = artifact->path.parent_path();
  if (!*config && beside != folder) {
    config = ReadBeside(beside);
    if (!config) return std::move(config).Error();
  }
  ArtifactSource source{.artifact = *std::move(artifact)};
  if (*config) source.config = **std::move(config);
  return source;
}

Result<ArtifactSource> OpenFile(const fs::path& file) {
  auto artifact = runtime::FindArtifact(file);
  if (!artifact) return std::move(artifact).Error();
  auto config = ReadBeside(file.parent_path());
  if (!config) return std::move(config).Error();
  ArtifactSource source{.artifact = *std::move(artifact)};
  // One that means another file of the folder says nothing of this one.
  const bool is_meant =
      *config && ((*config)->artifact.empty() || fs::path((*config)->artifact) == file.filename());
  if (is_meant) source.config = **std::move(config);
  return source;
}

Result<ArtifactSource> OpenArchive(const fs::path& archive) {
  auto folder = runtime::TemporaryFolder::Make("tenon-model-");
  if (!folder) return std::move(folder).Error();
  if (auto unpacked = runtime::archive::Unpack(archive, folder->Path()); !unpacked) {
    return std::move(unpacked).Error();
  }
  auto source = OpenFolder(folder->Path());
  if (!source) return source;
  source->unpacked = *std::move(folder);
  if (auto taken = TakeOuter(archive, *source); !taken) return std::move(taken).Error();
  return source;
}

struct LoadedModels {
  Model stepped;
  Model bare;
};

Result<LoadedModels> LoadModels(const ArtifactSource& source, LoadOptions options) {
  auto bare = runtime::Environment::Current().Load(source.artifact.path, std::move(options));
  if (!bare) return std::move(bare).Error();
  auto stepped = runtime::steps::WithSteps(*bare, source.config.steps);
  if (!stepped) return std::move(stepped).Error();
  return LoadedModels{Model(*std::move(stepped)), Model(*std::move(bare))};
}

}  // namespace

Result<ArtifactSource> OpenArtifactSource(const fs::path& target) {
  if (!IsFolder(target) && runtime::archive::IsArchiveName(target.filename().string())) {
    return OpenArchive(target);
  }
  auto source = IsFolder(target) ? OpenFolder(target) : OpenFile(target);
  if (source) {
    source->config_place = source->artifact.path.parent_path() / kArtifactConfigName;
    source->config_names = source->artifact.path.filename().string();
  }
  return source;
}

Result<LoadedArtifact> LoadArtifact(const ArtifactSource& source, const Words& words) {
  LoadOptions options;
  for (const auto& [name, value] : words) options.settings.emplace(name, value);
  for (const auto& [name, value] : source.config.settings) options.settings.emplace(name, value);
  auto models = LoadModels(source, std::move(options));
  if (!models) return std::move(models).Error();
  auto types = runtime::MakeArtifactTypes(models->stepped);
  if (!types) return std::move(types).Error();
  return LoadedArtifact{models->stepped, models->bare, *std::move(types)};
}

Result<runtime::ConfiguredArtifact> ConfigureArtifact(const fs::path& path, LoadOptions load,
                                                      runtime::ArtifactServing serving) {
  const auto source = OpenArtifactSource(path);
  if (!source) return source.Error();
  for (const auto& [name, value] : source->config.settings) load.settings[name] = value;
  auto models = LoadModels(*source, std::move(load));
  if (!models) return std::move(models).Error();
  runtime::ConfiguredArtifact artifact{.model = models->stepped, .serving = std::move(serving)};
  if (source->config.file.empty()) return artifact;
  BatchOptions batch = std::move(artifact.serving.batch);
  artifact.serving = source->config.serving;
  const BatchOptions& said = artifact.serving.batch;
  if (said.max_batch_size) batch.max_batch_size = said.max_batch_size;
  if (said.batch_wait_timeout) batch.batch_wait_timeout = said.batch_wait_timeout;
  if (said.max_concurrent_batches != BatchOptions().max_concurrent_batches) {
    batch.max_concurrent_batches = said.max_concurrent_batches;
  }
  artifact.serving.batch = std::move(batch);
  return artifact;
}

}  // namespace tenon::app
