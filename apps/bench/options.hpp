// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon bench` is told.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capacity.hpp"
#include "plan.hpp"
#include "target.hpp"
#include "tenon/app/command_line.hpp"
#include "tenon/base/result.hpp"

namespace tenon::bench {

struct Options {
  std::vector<std::filesystem::path> compared;  // Two, or none.

  std::string url_text;
  Url url;
  Plan plan;               // Without the address.
  std::optional<Slo> slo;  // With --find-capacity.
  std::string slo_text;

  std::optional<std::filesystem::path> json;
  std::optional<std::filesystem::path> html;
};

std::span<const app::Flag> BenchFlags();

// Errors: kInvalid; kNotFound for a file that cannot be read.
Result<Options> ReadOptions(const app::CommandLine& line);

}  // namespace tenon::bench
