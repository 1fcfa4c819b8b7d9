// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/temporary_folder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace tenon::runtime {

Result<TemporaryFolder> TemporaryFolder::Make(const std::string& prefix) {
  std::error_code failure;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(failure);
  std::string name = (parent / (prefix + "XXXXXX")).string();
  if (!failure && mkdtemp(name.data()) == nullptr) {
    failure = std::error_code(errno, std::generic_category());
  }
  if (failure) {
    return Error(ErrorCode::kInternal, "There is no place to unpack the model.")
        .WithPrivateDetail(fmt::format("making {} failed: {}; let TMPDIR name a folder where this "
                                       "user may write",
                                       name, failure.message()));
  }
  return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;  // There is nobody to tell, and nothing to do.
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tenon::runtime
