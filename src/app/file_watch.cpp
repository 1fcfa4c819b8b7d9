// SPDX-License-Identifier: Apache-2.0
#include "app/file_watch.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace tenon::app {

FileStamps StampsOf(const std::vector<std::filesystem::path>& files) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  FileStamps stamps;
  for (const std::filesystem::path& file : files) {
    struct stat found{};
    if (stat(file.c_str(), &found) != 0) {
      stamps.emplace_back();
      continue;
    }
    stamps.push_back(
        FileStamp{.inode = found.st_ino,
                  .size = static_cast<std::uint64_t>(found.st_size),
                  .modified_ns = found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec});
  }
  return stamps;
}

bool FileWatch::Observe(FileStamps now) {
  const bool is_stable = now == last_;
  last_ = std::move(now);
  const bool is_whole =
      std::all_of(last_.begin(), last_.end(), [](const auto& stamp) { return stamp.has_value(); });
  if (!is_stable || !is_whole || last_ == known_) return false;
  known_ = last_;
  return true;
}

}  // namespace tenon::app
