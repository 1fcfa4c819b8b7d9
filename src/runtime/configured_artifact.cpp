// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/configured_artifact.hpp"

#include <utility>

#include "tenon/runtime/environment.hpp"

namespace tenon::runtime {

ConfiguredArtifact LoadConfigured(const std::filesystem::path& path, LoadOptions load,
                                  ArtifactServing serving) {
  const Environment& environment = Environment::Current();
  if (environment.Configure() != nullptr) {
    return environment.Configure()(path, std::move(load), std::move(serving)).Value();
  }
  return {.model = LoadModel(path, std::move(load)), .serving = std::move(serving)};
}

}  // namespace tenon::runtime
