// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::runtime {

// A new folder that only this user reads, where TMPDIR says (/tmp), removed with all that is in it.
class TENON_EXPORT TemporaryFolder {
 public:
  // Its name begins with `prefix`. Errors: kInternal, with the reason and what to do.
  static Result<TemporaryFolder> Make(const std::string& prefix);

  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& Path() const noexcept { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) noexcept : path_(std::move(path)) {}

  std::filesystem::path path_;  // Empty after a move.
};

}  // namespace tenon::runtime
