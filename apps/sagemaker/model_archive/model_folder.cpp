// SPDX-License-Identifier: Apache-2.0
#include "model_archive/model_folder.hpp"

#include <algorithm>
#include <fstream>

#include "aws/failure.hpp"
#include "model_archive/gzip_writer.hpp"

namespace tenon::sagemaker_tool {
namespace {

namespace fs = std::filesystem;

FolderEntry EntryOf(const fs::path& folder, const fs::directory_entry& found) {
  const std::string name = found.path().lexically_relative(folder).generic_string();
  const fs::file_status status = found.symlink_status();
  if (fs::is_symlink(status)) {
    throw aws::Failure("'" + name +
                       "' is a symbolic link: SageMaker refuses archives with links. "
                       "Put the file itself there.");
  }
  if (fs::is_directory(status)) return {.kind = EntryKind::kFolder, .name = name + "/", .size = 0};
  if (!fs::is_regular_file(status)) {
    throw aws::Failure("'" + name + "' is neither file nor folder; only these go into an archive.");
  }
  return {.kind = EntryKind::kFile, .name = name, .size = found.file_size()};
}

void PackFile(const fs::path& path, const FolderEntry& entry, TarWriter& tar,
              const std::function<void(std::uint64_t)>& on_piece) {
  std::ifstream file(path, std::ios::binary);
  std::string buffer(1 << 20, '\0');
  std::uint64_t read = 0;
  while (file && read < entry.size) {
    file.read(buffer.data(), static_cast<std::streamsize>(
                                 std::min<std::uint64_t>(buffer.size(), entry.size - read)));
    const auto count = static_cast<std::size_t>(file.gcount());
    if (count == 0) break;
    tar.Write({buffer.data(), count});
    read += count;
    on_piece(count);
  }
  if (read != entry.size) {
    throw aws::Failure("'" + entry.name + "' cannot be read, or is being changed.");
  }
}

}  // namespace

std::vector<FolderEntry> ListModelFolder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw aws::Failure("DIR is '" + folder.string() + "': there is no such folder.");
  }
  std::vector<FolderEntry> entries;
  fs::recursive_directory_iterator it(folder, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    entries.push_back(EntryOf(folder, *it));
  }
  if (error) {
    throw aws::Failure("The folder '" + folder.string() + "' cannot be read: " + error.message() +
                       ".");
  }
  if (entries.empty()) throw aws::Failure("The folder '" + folder.string() + "' is empty.");
  std::sort(entries.begin(), entries.end(),
            [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  return entries;
}

void PackModelFolder(const fs::path& folder, const std::vector<FolderEntry>& entries,
                     const Sink& sink, const std::function<void(std::uint64_t)>& on_read) {
  GzipWriter gzip(sink);
  TarWriter tar([&](std::string_view bytes) { gzip.Write(bytes); });
  std::uint64_t total = 0;
  for (const FolderEntry& entry : entries) {
    tar.Begin(entry.kind, entry.name, entry.size);
    if (entry.kind == EntryKind::kFile) {
      PackFile(folder / entry.name, entry, tar, [&](std::uint64_t count) {
        total += count;
        on_read(total);
      });
    }
    tar.EndEntry();
  }
  tar.EndArchive();
  gzip.End();
}

}  // namespace tenon::sagemaker_tool
