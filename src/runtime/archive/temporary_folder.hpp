// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "runtime/archive/folder_writer.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::runtime {

// A new folder that only this user reads, where TMPDIR says (/tmp), removed with all that is in it.
// It is locked while it is used: what a process has left behind that was killed is nobody's, and
// goes when the next folder of the same prefix is made.
class TENON_EXPORT TemporaryFolder {
 public:
  // Its name begins with `prefix`. Errors: kInternal, with the reason and what to do.
  static Result<TemporaryFolder> Make(const std::string& prefix);

  TemporaryFolder(TemporaryFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(lock_, other.lock_);
    return *this;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& Path() const noexcept { return path_; }

 private:
  TemporaryFolder(std::filesystem::path path, archive::Descriptor lock) noexcept
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;  // Empty after a move.
  archive::Descriptor lock_;    // Of the folder itself; the kernel lets go of it with the process.
};

}  // namespace tenon::runtime
