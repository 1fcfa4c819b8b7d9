// SPDX-License-Identifier: Apache-2.0
#pragma once

// Zip files in memory.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::schema {

struct ZipEntry {
  std::string_view name = {};
  std::string_view packed = {};
  std::size_t size = 0;  // Unpacked.
  std::uint32_t checksum = 0;
  bool is_deflated = false;
};

struct ZipLimits {
  std::size_t entries = 1'000;
  std::size_t bytes = std::size_t{512} << 20U;  // Of all entries, unpacked.
};

// What the directory at the file's end lists. Nothing is unpacked yet. Entries do not share bytes.
// Lifetime: the bytes outlive the entries.
// Errors: kMalformed for what is no zip file; kInvalid for encryption, other methods than store and
// deflate, and two entries of one name; kTooLarge beyond the limits.
Result<std::vector<ZipEntry>> ReadZip(std::string_view bytes, const ZipLimits& limits = {});

// The content, checked against its checksum. `buffer` is used where it was compressed.
// Errors: kMalformed, naming the entry.
Result<std::string_view> Unpack(const ZipEntry& entry, std::string& buffer);

// Writes a zip file, entry by entry, without compression.
class ZipWriter {
 public:
  // Appends to `out`, which may hold something already and outlives the writer.
  explicit ZipWriter(std::string& out) noexcept : out_(out), begin_(out.size()) {}
  // REQUIRES: less than 4 GiB in all.
  void Add(std::string_view name, std::string_view content);
  void Finish();

 private:
  std::string& out_;
  const std::size_t begin_;
  std::string directory_;
  std::size_t entries_ = 0;
};

}  // namespace tenon::schema
