// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of AWS that share nothing: commercial, China, government, ...

#include <string_view>

namespace tenon::aws {

// IAM is one service per partition, and its hosts follow no rule.
struct IamHosts {
  std::string_view plain;
  std::string_view fips;
  std::string_view dual;
  std::string_view dual_fips;
};

struct Partition {
  std::string_view name;           // As in ARNs: "aws-cn".
  std::string_view region_prefix;  // "cn-".
  std::string_view suffix;         // Of host names.
  std::string_view dual_stack_suffix;
  std::string_view console;  // Host of the web console.
  IamHosts iam;
  std::string_view iam_region;  // Calls of IAM are signed for it.
};

// The commercial one for regions that nobody knows yet.
const Partition& PartitionOf(std::string_view region);

}  // namespace tenon::aws
