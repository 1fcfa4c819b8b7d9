// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "tenon/base/result.hpp"

namespace tenon::trees {

// The whole file. Errors: kInvalid for what is no regular file or cannot be read; the path stands
// in the private detail. Throws bad_alloc.
Result<std::string> ReadArtifact(const std::filesystem::path& path);

}  // namespace tenon::trees
