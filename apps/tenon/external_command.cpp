// SPDX-License-Identifier: Apache-2.0
#include "external_command.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace tenon::command {
namespace {

namespace fs = std::filesystem;

// Where the program is looked for, in order.
std::vector<fs::path> Places(const std::string& program) {
  std::vector<fs::path> places;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) places.push_back(self.parent_path() / program);
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    if (const std::string_view folder = rest.substr(0, end); !folder.empty()) {
      places.push_back(fs::path(folder) / program);
    }
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return places;
}

}  // namespace

int RunExternal(std::string_view name, Words words) {
  const std::string program = "tenon-" + std::string(name);
  std::vector<char*> arguments{const_cast<char*>(program.c_str())};
  for (const char* word : words) arguments.push_back(const_cast<char*>(word));
  arguments.push_back(nullptr);
  for (const fs::path& place : Places(program)) {
    if (access(place.c_str(), X_OK) != 0) continue;
    execv(place.c_str(), arguments.data());
    std::fprintf(stderr, "tenon: %s does not start: %s\n", place.c_str(), std::strerror(errno));
    return kFailed;
  }
  std::fprintf(stderr,
               "tenon: '%.*s' is a program of its own, %s; it is neither beside this program nor "
               "on PATH. Install it there.\n",
               static_cast<int>(name.size()), name.data(), program.c_str());
  return kFailed;
}

}  // namespace tenon::command
