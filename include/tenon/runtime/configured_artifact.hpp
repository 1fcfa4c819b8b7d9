// SPDX-License-Identifier: Apache-2.0
#pragma once

// An artifact with what stands beside it.

#include <filesystem>

#include "tenon/base/export.hpp"
#include "tenon/runtime/artifact_deployment.hpp"
#include "tenon/runtime/model.hpp"

namespace tenon::runtime {

struct ConfiguredArtifact {
  Model model;              // With the steps before and after it.
  ArtifactServing serving;  // How it is batched and warmed up.
};

// As LoadModel, with what the `tenon.yaml` beside the artifact says: settings, steps, batching,
// warm-up. That wins over `load` and `serving`, as a file wins over a binding. An archive is
// unpacked first.
//
// Without a server around it, as in a unit test, it is LoadModel: nobody reads the file.
// Errors: throws as LoadModel; kInvalid, beginning with file and line, for what is wrong in the
// file.
TENON_EXPORT ConfiguredArtifact LoadConfigured(const std::filesystem::path& path,
                                               LoadOptions load = {}, ArtifactServing serving = {});

}  // namespace tenon::runtime
