// SPDX-License-Identifier: Apache-2.0
#include "artifact_file.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>

#include "tenon/base/error.hpp"

namespace tenon::trees {
namespace {

// Trees of a whole machine's training are a hundredth of it.
constexpr std::uintmax_t kMostBytes = std::uintmax_t{2} << 30U;

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
  if (size > kMostBytes) {
    return Unreadable(path, fmt::format("it has {} MiB, and no model of trees has more than {}",
                                        size >> 20U, kMostBytes >> 20U));
  }
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
