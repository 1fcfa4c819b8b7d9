// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of AWS that share nothing: commercial, China, government, ...

#include <string_view>

namespace tenon::aws {

struct Partition {
  std::string_view name;           // As in ARNs: "aws-cn".
  std::string_view region_prefix;  // "cn-".
  std::string_view suffix;         // Of host names.
  std::string_view dual_stack_suffix;
  std::string_view console;     // Host of the web console.
  std::string_view iam_host;    // IAM is one service per partition,
  std::string_view iam_region;  // signed for this region.
};

// The commercial one for regions that nobody knows yet.
const Partition& PartitionOf(std::string_view region);

}  // namespace tenon::aws
