// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes below one folder and nowhere else, whatever links lie in it.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::runtime::archive {

// A file descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int Get() const noexcept { return fd_; }

 private:
  int fd_;
};

using Names = std::vector<std::string>;  // As EntryPath gives them.

// Folders on the way are made where they are missing; where a link stands, nothing is written.
// Errors: kInvalid for what stands in the way, kInternal where the disk fails.
class FolderWriter {
 public:
  static Result<FolderWriter> Open(const std::filesystem::path& folder);

  Result<> MakeFolder(const Names& path) const;
  // A new file, open for writing. REQUIRES: path is not empty.
  Result<Descriptor> MakeFile(const Names& path) const;
  // REQUIRES: path is not empty, and CheckSymbolicLink has agreed.
  Result<> MakeLink(const Names& path, const std::string& target) const;
  // A second name for a file that was written before. REQUIRES: neither path is empty.
  Result<> MakeSecondName(const Names& path, const Names& file) const;
  // Errors: kInternal where the disk has not as many bytes left.
  Result<> CheckSpace(std::uint64_t bytes) const;

 private:
  explicit FolderWriter(Descriptor root) noexcept : root_(std::move(root)) {}
  enum class Missing : std::uint8_t { kMake, kFail };
  Result<Descriptor> OpenFolder(std::span<const std::string> path, Missing missing) const;

  Descriptor root_;
};

// Errors: kInternal.
Result<> WriteAll(const Descriptor& file, std::span<const std::byte> bytes);

}  // namespace tenon::runtime::archive
