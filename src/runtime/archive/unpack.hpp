// SPDX-License-Identifier: Apache-2.0
#pragma once

// From `model.tar.gz` to a folder, trusting nothing in it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "runtime/archive/entry_policy.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/archive_plugin.hpp"

namespace tenon::runtime::archive {

// Whether a file is called like an archive: .tar, .tar.gz, .tgz.
TENON_EXPORT bool IsArchiveName(std::string_view name) noexcept;

// Where an archive's bytes come from.
class TENON_EXPORT Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source();
  // The next bytes, which live until the next call; none at the end. Errors: of the file.
  virtual Result<std::span<const std::byte>> Next() = 0;
};

// Unpacks into `folder`, which exists and is empty. What is refused ends it; what was written until
// then stays. Owners, modes and times of the archive do not count.
// Errors: kInvalid for an archive that is broken, empty, too large or leads out of the folder, with
// the entry; kNotFound where the plug-in or libarchive is missing; kInternal where the disk fails.
TENON_EXPORT Result<> Unpack(Source& source, const std::filesystem::path& folder,
                             const UnpackLimits& limits);
// The same for a file. Errors: also kNotFound where it does not exist.
TENON_EXPORT Result<> Unpack(const std::filesystem::path& file, const std::filesystem::path& folder,
                             const UnpackLimits& limits = {});

}  // namespace tenon::runtime::archive
