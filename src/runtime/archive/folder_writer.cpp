// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/folder_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tenon::runtime::archive {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0644;

Error Failed(int error) {
  const std::string reason = std::generic_category().message(error);
  switch (error) {
    case EEXIST: return {ErrorCode::kInvalid, "it is in the archive twice"};
    case ELOOP:
    case ENOTDIR: return {ErrorCode::kInvalid, "its path leads through a link or a file"};
    case ENAMETOOLONG:
    case EILSEQ:
    case EINVAL: return {ErrorCode::kInvalid, "its name cannot be a file's: " + reason};
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::kInternal, "the disk is full; let TMPDIR name a folder on a larger one"};
    default: return {ErrorCode::kInternal, "it cannot be written: " + reason};
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Result<FolderWriter> FolderWriter::Open(const std::filesystem::path& folder) {
  Descriptor root(open(folder.c_str(), kFolderFlags));
  if (root.Get() < 0) return Failed(errno);
  return FolderWriter(std::move(root));
}

Result<Descriptor> FolderWriter::OpenFolder(std::span<const std::string> path,
                                            Missing missing) const {
  Descriptor folder(openat(root_.Get(), ".", kFolderFlags));
  if (folder.Get() < 0) return Failed(errno);
  for (const std::string& name : path) {
    if (missing == Missing::kMake && mkdirat(folder.Get(), name.c_str(), kFolderMode) != 0 &&
        errno != EEXIST) {
      return Failed(errno);
    }
    Descriptor next(openat(folder.Get(), name.c_str(), kFolderFlags));
    if (next.Get() < 0) return Failed(errno);
    folder = std::move(next);
  }
  return folder;
}

Result<> FolderWriter::MakeFolder(const Names& path) const {
  const Result<Descriptor> made = OpenFolder(path, Missing::kMake);
  if (!made) return made.Error();
  return {};
}

Result<Descriptor> FolderWriter::MakeFile(const Names& path) const {
  const Result<Descriptor> folder =
      OpenFolder(std::span(path).first(path.size() - 1), Missing::kMake);
  if (!folder) return folder.Error();
  Descriptor file(openat(folder->Get(), path.back().c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  if (file.Get() < 0) return Failed(errno);
  return file;
}

Result<> FolderWriter::MakeLink(const Names& path, const std::string& target) const {
  const Result<Descriptor> folder =
      OpenFolder(std::span(path).first(path.size() - 1), Missing::kMake);
  if (!folder) return folder.Error();
  if (symlinkat(target.c_str(), folder->Get(), path.back().c_str()) != 0) return Failed(errno);
  return {};
}

Result<> FolderWriter::MakeSecondName(const Names& path, const Names& file) const {
  const Result<Descriptor> from =
      OpenFolder(std::span(file).first(file.size() - 1), Missing::kFail);
  struct stat status{};
  // A link under another name would point elsewhere, perhaps out.
  if (!from || fstatat(from->Get(), file.back().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(status.st_mode)) {
    return Error(ErrorCode::kInvalid,
                 "it is a hard link to no file before it in the archive; pack with tar "
                 "--hard-dereference");
  }
  const Result<Descriptor> folder =
      OpenFolder(std::span(path).first(path.size() - 1), Missing::kMake);
  if (!folder) return folder.Error();
  if (linkat(from->Get(), file.back().c_str(), folder->Get(), path.back().c_str(), 0) != 0) {
    return Failed(errno);
  }
  return {};
}

Result<> FolderWriter::CheckSpace(std::uint64_t bytes) const {
  struct statvfs disk{};
  if (fstatvfs(root_.Get(), &disk) != 0) return {};  // Writing will say.
  const std::uint64_t left = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (bytes <= left) return {};
  return Error(ErrorCode::kInternal,
               fmt::format("it claims {} bytes, and the disk has {} left; let TMPDIR name a folder "
                           "on a larger one",
                           bytes, left));
}

Result<> WriteAll(const Descriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file.Get(), bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return Failed(errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace tenon::runtime::archive
