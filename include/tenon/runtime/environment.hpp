// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `LoadModel` works with: runtimes, models in use, and this process's share of the machine.

#include <cstddef>
#include <filesystem>
#include <memory>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/model_cache.hpp"
#include "tenon/runtime/registry.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime {

struct ArtifactServing;
struct ConfiguredArtifact;

// How `LoadConfigured` loads: reading what stands beside the artifact is the business of whoever
// starts an application. Errors: as LoadConfigured, as values.
using ConfigureFunction = Result<ConfiguredArtifact> (*)(const std::filesystem::path& path,
                                                         LoadOptions load, ArtifactServing serving);

// Owned by whoever starts an application, and given to the constructors of deployments through an
// EnvironmentScope. Lifetime: models may outlive it. Thread safety: thread-safe.
class TENON_EXPORT Environment {
 public:
  // `cpus`: threads of a run whose LoadOptions do not say; at least 1.
  explicit Environment(std::size_t cpus);
  Environment(std::size_t cpus, std::vector<std::filesystem::path> runtime_directories);

  RuntimeRegistry& Registry() noexcept { return registry_; }

  // Null: nothing beside artifacts is read. Set before the environment is used.
  void SetConfigure(ConfigureFunction configure) noexcept { configure_ = configure; }
  ConfigureFunction Configure() const noexcept { return configure_; }

  // Finds the artifact at `path` (a file, or a directory with one), its runtime, and the model:
  // shared with everyone who has loaded the same file with the same options.
  Result<std::shared_ptr<const LoadedModel>> Load(const std::filesystem::path& path,
                                                  LoadOptions options);

  // The environment of this thread's innermost scope, else one for the whole process that is made
  // on first use with the CPUs of this thread's affinity: so a deployment works alone in a unit
  // test.
  static Environment& Current();

 private:
  const std::size_t cpus_;
  RuntimeRegistry registry_;
  ModelCache cache_;
  ConfigureFunction configure_ = nullptr;
};

// While it stands, `Environment::Current` on this thread is `environment`. An engine's thread has
// one around the constructors of deployments. Scopes nest. Thread safety: confined to its thread.
class TENON_EXPORT EnvironmentScope {
 public:
  explicit EnvironmentScope(Environment& environment) noexcept;
  ~EnvironmentScope();
  EnvironmentScope(const EnvironmentScope&) = delete;
  EnvironmentScope& operator=(const EnvironmentScope&) = delete;

 private:
  Environment* outer_;
};

}  // namespace tenon::runtime
