// SPDX-License-Identifier: Apache-2.0
#pragma once

// What of a folder goes into a model archive.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "model_archive/tar_writer.hpp"

namespace tenon::sagemaker_tool {

struct FolderEntry {
  EntryKind kind = EntryKind::kFile;
  std::string name;  // Relative, with '/'.
  std::uint64_t size = 0;
};

// Sorted by name, so that equal folders give equal archives.
// Errors: throws Failure for no folder, an empty one, and for links and devices, by name: SageMaker
// refuses an archive that holds any.
std::vector<FolderEntry> ListModelFolder(const std::filesystem::path& folder);

// Writes them as tar.gz. `on_read` is told how many bytes of files have been read.
// Errors: throws Failure for a file that cannot be read or changes meanwhile.
void PackModelFolder(const std::filesystem::path& folder, const std::vector<FolderEntry>& entries,
                     const Sink& sink, const std::function<void(std::uint64_t)>& on_read);

}  // namespace tenon::sagemaker_tool
