// SPDX-License-Identifier: Apache-2.0
#pragma once

// How many CPUs this process may really use.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "tenon/base/export.hpp"

namespace tenon::app {

// Gives a file's content, or nothing when it cannot be read.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

// CPUs that the cgroups of this process allow (1.5 = one and a half), version 1 or 2, or nothing
// where there is no quota. The tightest of the group and of those above it counts.
//
// CPU shares and weights are not looked at: they say who goes first, not how much there is, and
// read 1 on platforms that give a whole machine.
TENON_EXPORT std::optional<double> CpuQuota(const FileReader& read);

// min(affinity, quota rounded up), at least 1.
TENON_EXPORT std::size_t CpuCount(std::size_t affinity, std::optional<double> quota);

// The same for this process on this machine.
TENON_EXPORT std::size_t CpuCount();

}  // namespace tenon::app
