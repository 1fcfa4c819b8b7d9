// SPDX-License-Identifier: Apache-2.0
#include "aws/partition.hpp"

namespace tenon::aws {
namespace {

constexpr Partition kCommercial = {"aws",
                                   "",
                                   "amazonaws.com",
                                   "api.aws",
                                   "console.aws.amazon.com",
                                   {"iam.amazonaws.com", "iam-fips.amazonaws.com",
                                    "iam.global.api.aws", "iam-fips.global.api.aws"},
                                   "us-east-1"};

constexpr Partition kOthers[] = {
    {"aws-cn",
     "cn-",
     "amazonaws.com.cn",
     "api.amazonwebservices.com.cn",
     "console.amazonaws.cn",
     {"iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn",
      "iam.global.api.amazonwebservices.com.cn", "iam-fips.api.amazonwebservices.com.cn"},
     "cn-north-1"},
    {"aws-us-gov",
     "us-gov-",
     "amazonaws.com",
     "api.aws",
     "console.amazonaws-us-gov.com",
     {"iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws",
      "iam.us-gov.api.aws"},
     "us-gov-west-1"},
    {"aws-eusc",
     "eusc-",
     "amazonaws.eu",
     "api.amazonwebservices.eu",
     "console.amazonaws-eusc.eu",
     {"iam.eusc-de-east-1.amazonaws.eu", "iam-fips.amazonaws.eu",
      "iam.global.api.amazonwebservices.eu", "iam-fips.api.amazonwebservices.eu"},
     "eusc-de-east-1"},
    {"aws-iso",
     "us-iso-",
     "c2s.ic.gov",
     "api.aws.ic.gov",
     "console.c2shome.ic.gov",
     {"iam.us-iso-east-1.c2s.ic.gov", "iam-fips.us-iso-east-1.c2s.ic.gov", "iam.api.aws.ic.gov",
      "iam-fips.api.aws.ic.gov"},
     "us-iso-east-1"},
    {"aws-iso-b",
     "us-isob-",
     "sc2s.sgov.gov",
     "api.aws.scloud",
     "console.sc2shome.sgov.gov",
     {"iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov",
      "iam.api.aws.scloud", "iam-fips.api.aws.scloud"},
     "us-isob-east-1"},
    {"aws-iso-e",
     "eu-isoe-",
     "cloud.adc-e.uk",
     "api.cloud-aws.adc-e.uk",
     "console.csphome.adc-e.uk",
     {"iam.eu-isoe-west-1.cloud.adc-e.uk", "iam-fips.cloud.adc-e.uk", "iam.api.cloud-aws.adc-e.uk",
      "iam-fips.api.cloud-aws.adc-e.uk"},
     "eu-isoe-west-1"},
    {"aws-iso-f",
     "us-isof-",
     "csp.hci.ic.gov",
     "api.aws.hci.ic.gov",
     "console.csphome.hci.ic.gov",
     {"iam.us-isof-south-1.csp.hci.ic.gov", "iam-fips.csp.hci.ic.gov", "iam.api.aws.hci.ic.gov",
      "iam-fips.api.aws.hci.ic.gov"},
     "us-isof-south-1"},
};

}  // namespace

const Partition& PartitionOf(std::string_view region) {
  for (const Partition& partition : kOthers) {
    if (region.starts_with(partition.region_prefix)) return partition;
  }
  return kCommercial;
}

}  // namespace tenon::aws
