// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the environment and the files of AWS's own tools say.

#include <cstdint>
#include <optional>
#include <string>

#include "aws/config_file.hpp"
#include "aws/endpoint.hpp"
#include "tenon/app/options.hpp"

namespace tenon::aws {

// `--profile` puts a profile above keys in the environment; AWS_PROFILE does not.
enum class ProfileOrigin : std::uint8_t { kDefault, kEnvironment, kFlag };

struct Settings {
  app::Environment environment;
  ConfigFiles files;
  std::string config_path;
  std::string credentials_path;
  std::string home;
  std::string profile = "default";
  ProfileOrigin profile_origin = ProfileOrigin::kDefault;
  std::string region;  // Empty: nowhere named.
  Fips fips = Fips::kOff;
  IpStack stack = IpStack::kV4;
  std::string ca_bundle;

  std::optional<std::string> Variable(const char* name) const { return environment(name); }
  // Of the chosen profile; empty where there is none.
  Section ProfileSection() const { return files.Profile(profile).value_or(Section()); }
  // From AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's services, its endpoint_url.
  std::optional<std::string> EndpointUrl(Service service) const;
  Endpoint Resolve(Service service, const std::string& in_region) const;
};

// Errors: throws Failure for files that cannot be parsed and for a profile that was named but does
// not exist.
Settings LoadSettings(app::Environment environment, std::optional<std::string> profile,
                      const std::optional<std::string>& region);

}  // namespace tenon::aws
