// SPDX-License-Identifier: Apache-2.0
#include "artifact_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <system_error>

#include "tenon/base/error.hpp"

namespace tenon::trees {
namespace {

Error Unreadable(const std::filesystem::path& path, std::string_view reason) {
  return Error(ErrorCode::kInvalid, "The artifact cannot be read.")
      .WithPrivateDetail(fmt::format("reading {} failed: {}", path.string(), reason));
}

}  // namespace

Result<std::string> ReadArtifact(const std::filesystem::path& path) {
  std::error_code error;
  // A pipe or a device would be read for ever.
  if (!std::filesystem::is_regular_file(path, error)) {
    return Unreadable(path, error ? error.message() : "it is no regular file");
  }
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return Unreadable(path, error.message());
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unreadable(path, "check its permissions");
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(file.gcount()) != size) {
    return Unreadable(path, "it ended early");
  }
  return bytes;
}

}  // namespace tenon::trees
