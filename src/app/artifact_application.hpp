// SPDX-License-Identifier: Apache-2.0
#pragma once

// An application without code: the artifact at a path.

#include <string>
#include <string_view>

#include "app/build_application.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// Whether a target means an artifact and not `module:name`: it exists on this machine, or is
// written like a path, or has the name of an artifact.
TENON_EXPORT bool NamesArtifact(const std::string& target);

// Loads the artifact, since its types come from it. Words `key=value` are settings of its runtime.
// Errors: as OpenArtifactSource and LoadArtifact.
Result<BuiltApplication> BuildArtifactApplication(const ApplicationSource& source);

// What lies at the path and how it would be served, for people.
// Errors: as BuildArtifactApplication.
TENON_EXPORT Result<std::string> DescribeArtifact(const std::string& path);

}  // namespace tenon::app
