// SPDX-License-Identifier: Apache-2.0
#include "deploy/console_links.hpp"

#include "aws/partition.hpp"
#include "aws/uri.hpp"

namespace tenon::sagemaker_tool {
namespace {

std::string Console(const std::string& region) {
  return "https://" + region + "." + std::string(aws::PartitionOf(region).console);
}

}  // namespace

std::string EndpointLink(const std::string& region, const std::string& endpoint) {
  return Console(region) + "/sagemaker/home?region=" + region + "#/endpoints/" + endpoint;
}

std::string LogGroupLink(const std::string& region, const std::string& group) {
  // The console encodes twice, and writes '$' for '%'.
  std::string encoded = aws::EncodeComponent(aws::EncodeComponent(group));
  for (char& c : encoded) c = c == '%' ? '$' : c;
  return Console(region) + "/cloudwatch/home?region=" + region + "#logsV2:log-groups/log-group/" +
         encoded;
}

}  // namespace tenon::sagemaker_tool
