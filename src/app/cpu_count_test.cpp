// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/cpu_count.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tenon::app {
namespace {

using Files = std::map<std::string, std::string>;

std::optional<double> QuotaFrom(const Files& files) {
  return CpuQuota([&files](const std::string& path) -> std::optional<std::string> {
    const auto it = files.find(path);
    if (it == files.end()) return std::nullopt;
    return it->second;
  });
}

TEST(CpuCount, ReadsTheQuotaOfEveryKindOfGroup) {
  struct Case {
    const char* what;
    Files files;
    std::optional<double> quota;
  };
  const Case cases[] = {
      {"no groups at all", {}, std::nullopt},
      {"version 2 in a container",
       {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "150000 100000\n"}},
       1.5},
      {"version 2 without a limit",
       {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "max 100000\n"}},
       std::nullopt},
      {"version 2, the limit stands above",
       {{"/proc/self/cgroup", "0::/a/b\n"},
        {"/sys/fs/cgroup/a/cpu.max", "200000 100000\n"},
        {"/sys/fs/cgroup/a/b/cpu.max", "max 100000\n"}},
       2.0},
      {"version 2, the tightest counts",
       {{"/proc/self/cgroup", "0::/a/b\n"},
        {"/sys/fs/cgroup/a/cpu.max", "200000 100000\n"},
        {"/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n"}},
       0.5},
      {"version 1 with joined controllers",
       {{"/proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/x\n"},
        {"/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", "300000\n"},
        {"/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us", "100000\n"}},
       3.0},
      {"version 1, the path of the host inside a container",
       {{"/proc/self/cgroup", "4:cpuacct,cpu:/docker/0123\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       4.0},
      {"version 1 without a limit",
       {{"/proc/self/cgroup", "4:cpu:/\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       std::nullopt},
      {"shares are no quota",
       {{"/proc/self/cgroup", "4:cpu:/\n"}, {"/sys/fs/cgroup/cpu/cpu.shares", "2\n"}},
       std::nullopt},
      {"other controllers are not asked",
       {{"/proc/self/cgroup", "4:cpuset:/\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       std::nullopt},
      {"nonsense in the files",
       {{"/proc/self/cgroup", "what\n0:\n0::relative\n0::/\n"},
        {"/sys/fs/cgroup/cpu.max", "many few"}},
       std::nullopt},
  };
  for (const Case& test : cases) EXPECT_EQ(QuotaFrom(test.files), test.quota) << test.what;
}

TEST(CpuCount, TakesTheSmallerOfAffinityAndQuota) {
  struct Case {
    std::size_t affinity;
    std::optional<double> quota;
    std::size_t count;
  };
  const Case cases[] = {{4, std::nullopt, 4}, {4, 2.0, 2}, {4, 1.5, 2},
                        {4, 0.1, 1},          {2, 8.0, 2}, {0, std::nullopt, 1}};
  for (const Case& test : cases) {
    EXPECT_EQ(CpuCount(test.affinity, test.quota), test.count)
        << test.affinity << " and " << test.quota.value_or(-1);
  }
}

TEST(CpuCount, FindsAtLeastOneOnThisMachine) { EXPECT_GE(CpuCount(), 1U); }

}  // namespace
}  // namespace tenon::app
