// SPDX-License-Identifier: Apache-2.0
#include "commands/session.hpp"

#include <algorithm>

#include "aws/failure.hpp"
#include "checks/usage_error.hpp"

namespace tenon::sagemaker_tool {
namespace {

// A region becomes part of a host name.
void CheckRegion(const std::string& region) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (!std::all_of(region.begin(), region.end(), fits)) {
    Refuse("--region", region, "a region has lower-case letters, digits and hyphens.");
  }
}

}  // namespace

Session::Session(const Flags& flags, Surroundings& surroundings, RegionLookUp look_up)
    : settings_(aws::LoadSettings(surroundings.environment, flags.Text("--profile"),
                                  flags.Text("--region"))),
      http_(surroundings.interrupts, settings_.ca_bundle),
      caller_(http_, surroundings.interrupts),
      credentials_({.settings = settings_, .caller = caller_}),
      client_(settings_, caller_, credentials_),
      sagemaker_(client_),
      logs_(client_) {
  if (settings_.region.empty() && look_up == RegionLookUp::kMayCall) {
    settings_.region =
        aws::RegionFromInstanceMetadata({.settings = settings_, .caller = caller_}).value_or("");
  }
  if (settings_.region.empty()) {
    throw aws::Failure(
        "There is no AWS region. Looked at: --region, TENON_SAGEMAKER_REGION, "
        "AWS_REGION, AWS_DEFAULT_REGION, profile '" +
        settings_.profile + "' in " + settings_.config_path +
        (look_up == RegionLookUp::kMayCall ? ", instance metadata." : "."));
  }
  CheckRegion(settings_.region);
}

}  // namespace tenon::sagemaker_tool
