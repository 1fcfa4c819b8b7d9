// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether files have been replaced, as a decision over what is seen of them.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "tenon/base/export.hpp"

namespace tenon::app {

// What tells a file from the one that was there before; nothing while there is none.
struct FileStamp {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileStamp&) const = default;
};
using FileStamps = std::vector<std::optional<FileStamp>>;

TENON_EXPORT FileStamps StampsOf(const std::vector<std::filesystem::path>& files);

// A linker writes for a while: files have changed once they look different and the same twice.
class TENON_EXPORT FileWatch {
 public:
  explicit FileWatch(FileStamps known) : known_(std::move(known)), last_(known_) {}
  // True once for each change.
  bool Observe(FileStamps now);

 private:
  FileStamps known_;
  FileStamps last_;
};

}  // namespace tenon::app
