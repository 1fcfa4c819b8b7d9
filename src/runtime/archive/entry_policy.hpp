// SPDX-License-Identifier: Apache-2.0
#pragma once

// What of an archive may be unpacked: pure decisions. Errors are kInvalid and say what to do; they
// are for whoever starts the program.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::runtime::archive {

struct UnpackLimits {
  std::uint64_t bytes = std::uint64_t{20} << 30U;
  std::size_t entries = 10'000;
  // Bytes that come out for each that goes in, once more than `ratio_from` have come out: weights
  // shrink to a half, and to a twentieth where they are text.
  std::uint64_t ratio = 200;
  std::uint64_t ratio_from = std::uint64_t{64} << 20U;
};

// The folders and the name of an entry, none of them "." or ".."; empty for the archive's root.
// Errors: for absolute paths, for ".." and for what is longer than a file system takes.
TENON_EXPORT Result<std::vector<std::string>> EntryPath(std::string_view path);

// Whether a symbolic link at that place may point there: to somewhere inside. ".." counts only at
// its beginning, since behind a name it would depend on other links.
TENON_EXPORT Result<> CheckSymbolicLink(const std::vector<std::string>& place,
                                        std::string_view target);

// Counts what is unpacked against the limits.
class TENON_EXPORT UnpackMeter {
 public:
  explicit UnpackMeter(UnpackLimits limits) noexcept : limits_(limits) {}

  Result<> AddEntry();
  // What the archive says of an entry's size, before anything is written.
  Result<> CheckClaim(std::int64_t size) const;
  // `read`: bytes of the archive that have been read in all.
  Result<> AddBytes(std::uint64_t count, std::uint64_t read);

  std::size_t Entries() const noexcept { return entries_; }

 private:
  const UnpackLimits limits_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace tenon::runtime::archive
