// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon inspect` does beside describing an artifact (see InspectArtifact in run.hpp).

#include <filesystem>
#include <string>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// A request that the artifact at `path` answers: JSON of any size, with zeros and short texts.
// Errors: as InspectArtifact.
TENON_EXPORT Result<std::string> ExampleRequest(const std::string& path);

// Writes the `tenon.yaml` that says what is served anyway, as something to change: beside the
// artifact, or beside the archive. Returns where.
// Errors: as InspectArtifact; kInvalid where there is one already or it cannot be written.
TENON_EXPORT Result<std::filesystem::path> WriteArtifactConfig(const std::string& path);

}  // namespace tenon::app
