// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/temporary_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnique = "XXXXXX";

// The folder with its lock, where it is this user's own and nobody has it.
std::optional<archive::Descriptor> TryLock(const fs::path& folder) {
  archive::Descriptor lock(
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat opened{};
  if (lock.Get() < 0 || fstat(lock.Get(), &opened) != 0 || opened.st_uid != geteuid()) {
    return std::nullopt;
  }
  if (flock(lock.Get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  // Whoever had it until now may have removed it.
  struct stat named{};
  const bool is_there = lstat(folder.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
                        named.st_dev == opened.st_dev;
  if (!is_there) return std::nullopt;
  return lock;
}

void RemoveLeftOvers(const fs::path& parent, const std::string& prefix) {
  std::error_code ignored;  // What cannot be looked at is not ours.
  for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || name.size() != prefix.size() + kUnique.size()) continue;
    if (const auto lock = TryLock(entry->path())) {
      std::error_code failed;
      fs::remove_all(entry->path(), failed);
    }
  }
}

Error NoPlace(const std::string& name, const std::error_code& why) {
  return Error(ErrorCode::kInternal, "There is no place to unpack the model.")
      .WithPrivateDetail(fmt::format("making {} failed: {}; let TMPDIR name a folder where this "
                                     "user may write",
                                     name, why.message()));
}

}  // namespace

Result<TemporaryFolder> TemporaryFolder::Make(const std::string& prefix) {
  std::error_code failure;
  const fs::path parent = fs::temp_directory_path(failure);
  if (failure) return NoPlace((parent / prefix).string(), failure);
  RemoveLeftOvers(parent, prefix);
  constexpr int kTries = 100;
  std::string name;
  for (int i = 0; i < kTries; ++i) {
    name = (parent / (prefix + std::string(kUnique))).string();
    if (mkdtemp(name.data()) == nullptr) {
      return NoPlace(name, std::error_code(errno, std::generic_category()));
    }
    // Before it is locked, another process may take it for left over.
    if (auto lock = TryLock(name)) return TemporaryFolder(name, *std::move(lock));
  }
  return NoPlace(name, std::make_error_code(std::errc::resource_unavailable_try_again));
}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;  // There is nobody to tell, and nothing to do.
  fs::remove_all(path_, ignored);
}

}  // namespace tenon::runtime
