// SPDX-License-Identifier: Apache-2.0
#pragma once

// What lies at a path, and which runtime executes it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::runtime {

// One kind of artifact that Tenon knows by its name on disk.
struct ArtifactKind {
  std::string_view suffix;       // ".onnx"; or a whole file name.
  std::string_view description;  // With its article: "an ONNX model".
  std::string_view runtime;      // Name of the runtime that executes it; empty: none does.
  std::string_view advice;       // What to do instead, where no runtime executes it.
  // Whether a file that begins like this is one; null where the name says it. What else has such a
  // name in a model directory (labels.txt, config.json) is no artifact.
  bool (*matches)(std::string_view beginning) noexcept = nullptr;
};

// The table of kinds, in the order in which messages list them.
TENON_EXPORT std::span<const ArtifactKind> KnownArtifactKinds() noexcept;

// The kind of a file of this name, or null. Case of the suffix does not matter. A file in a
// directory may still be none: see ArtifactKind::matches.
TENON_EXPORT const ArtifactKind* KindOfFileName(std::string_view name) noexcept;

// An artifact that a runtime executes.
struct Artifact {
  std::filesystem::path path;
  const ArtifactKind* kind;  // Points into the table.
};

enum class EntryType : std::uint8_t { kFile, kDirectory };

// One line of a directory listing.
struct DirectoryEntry {
  std::string name;
  EntryType type = EntryType::kFile;
  // How a file begins whose kind has `matches`: the first kBeginning bytes, or all that there are.
  std::string beginning = {};
};
inline constexpr std::size_t kBeginning = 256;

// The one artifact among the entries of `directory`. Hidden entries do not count; files of no known
// kind (labels, weights beside the model) are left to whoever reads them.
// Errors: kNotFound where there is nothing to load, kInvalid where there are several candidates or
// only kinds that no runtime executes. What was found stands in the private detail.
TENON_EXPORT Result<Artifact> ChooseArtifact(const std::filesystem::path& directory,
                                             std::span<const DirectoryEntry> entries);

// The artifact at `path`: the file itself, or the one artifact in that directory, or the one in its
// folders where it has none itself.
// Errors: as ChooseArtifact; kNotFound where the path does not exist, kInvalid where it is a file
// of no known kind or cannot be read.
TENON_EXPORT Result<Artifact> FindArtifact(const std::filesystem::path& path);

}  // namespace tenon::runtime
