// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon inspect` does beside describing an artifact (see InspectArtifact in run.hpp).

#include <filesystem>
#include <string>
#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// A request that the artifact at `path` answers, of any size, with zeros and short texts; one that
// is text ends with a newline. Without a content type it is of the first one that is read: JSON.
// Errors: as InspectArtifact; kInvalid for a content type that it does not read, listing those that
// it does.
TENON_EXPORT Result<std::string> ExampleRequest(const std::string& path,
                                                std::string_view content_type = {});

// Writes the `tenon.yaml` that says what is served anyway, as something to change: beside the
// artifact, or beside the archive. Returns where.
// Errors: as InspectArtifact; kInvalid where there is one already or it cannot be written.
TENON_EXPORT Result<std::filesystem::path> WriteArtifactConfig(const std::string& path);

}  // namespace tenon::app
