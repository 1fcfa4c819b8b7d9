// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/cpu_count.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string_view>
#include <thread>
#include <vector>

namespace tenon::app {
namespace {

constexpr std::string_view kRoot = "/sys/fs/cgroup";

std::optional<double> Number(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<double>(value);
}

std::optional<double> Ratio(std::optional<double> quota, std::optional<double> period) {
  // Version 1 writes -1 for "no limit".
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

// Version 2: one file, "max 100000" or "150000 100000".
std::optional<double> QuotaOfGroup2(const FileReader& read, const std::string& folder) {
  const auto text = read(folder + "/cpu.max");
  if (!text) return std::nullopt;
  const std::string_view view = *text;
  const std::size_t space = view.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  return Ratio(Number(view.substr(0, space)), Number(view.substr(space + 1)));
}

// Version 1: two files.
std::optional<double> QuotaOfGroup1(const FileReader& read, const std::string& folder) {
  const auto quota = read(folder + "/cpu.cfs_quota_us");
  const auto period = read(folder + "/cpu.cfs_period_us");
  if (!quota || !period) return std::nullopt;
  return Ratio(Number(*quota), Number(*period));
}

std::optional<double> Tighter(std::optional<double> a, std::optional<double> b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

// From the group up to the root: a limit anywhere on the way holds. Inside a container the path is
// often that of the host, which is not there; the mount's own root is then the container's group.
template <class QuotaOf>
std::optional<double> TightestQuota(const FileReader& read, const std::string& mount,
                                    std::string path, QuotaOf quota_of) {
  std::optional<double> tightest = quota_of(read, mount);
  while (path.size() > 1) {
    tightest = Tighter(tightest, quota_of(read, mount + path));
    path.resize(path.rfind('/'));
  }
  return tightest;
}

bool NamesCpu(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::size_t comma = controllers.find(',');
    if (controllers.substr(0, comma) == "cpu") return true;
    if (comma == std::string_view::npos) break;
    controllers.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

std::optional<double> CpuQuota(const FileReader& read) {
  const auto groups = read("/proc/self/cgroup");
  if (!groups) return std::nullopt;
  std::optional<double> tightest;
  std::string_view rest = *groups;
  while (!rest.empty()) {
    // "hierarchy:controllers:path"; version 2 has hierarchy 0 and names no controllers.
    const std::size_t newline = rest.find('\n');
    const std::string_view line = rest.substr(0, newline);
    rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string path(line.substr(second + 1));
    if (!path.starts_with('/')) continue;
    const std::string root(kRoot);
    if (controllers.empty()) {
      tightest = Tighter(tightest, TightestQuota(read, root, path, &QuotaOfGroup2));
    } else if (NamesCpu(controllers)) {
      tightest = Tighter(tightest, TightestQuota(read, root + "/cpu", path, &QuotaOfGroup1));
      tightest = Tighter(tightest, TightestQuota(read, root + "/" + std::string(controllers), path,
                                                 &QuotaOfGroup1));
    }
  }
  return tightest;
}

std::size_t CpuCount(std::size_t affinity, std::optional<double> quota) {
  std::size_t count = std::max<std::size_t>(affinity, 1);
  if (quota && *quota < static_cast<double>(count)) {
    count = static_cast<std::size_t>(std::ceil(*quota));
  }
  return std::max<std::size_t>(count, 1);
}

std::size_t CpuCount() {
  std::size_t affinity = std::thread::hardware_concurrency();
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    affinity = static_cast<std::size_t>(CPU_COUNT(&allowed));
  }
  return CpuCount(affinity, CpuQuota([](const std::string& path) -> std::optional<std::string> {
                    std::ifstream file(path);
                    if (!file) return std::nullopt;
                    return std::string(std::istreambuf_iterator<char>(file), {});
                  }));
}

}  // namespace tenon::app
