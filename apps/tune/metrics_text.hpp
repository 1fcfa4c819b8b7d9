// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text format of Prometheus, as much of it as /metrics writes.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::tune {

struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

// Errors: kInvalid, with the line that is no sample.
Result<std::vector<Sample>> ParseMetrics(std::string_view text);

}  // namespace tenon::tune
