// SPDX-License-Identifier: Apache-2.0
#include "aws/settings.hpp"

#include <fstream>
#include <sstream>

#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

std::map<std::string, Section> ReadConfigFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return {};
  std::stringstream text;
  text << file.rdbuf();
  return ParseConfigFile(text.str(), path);
}

bool IsTrue(const std::optional<std::string>& text) {
  return text && (*text == "true" || *text == "True" || *text == "TRUE");
}

std::string WithHome(const std::string& path, const std::string& home) {
  return path.starts_with("~/") ? home + path.substr(1) : path;
}

// The environment, else the profile.
std::optional<std::string> Either(const Settings& settings, const char* variable, const char* key) {
  if (auto value = settings.Variable(variable)) return value;
  return ValueOf(settings.ProfileSection(), key);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

}  // namespace

std::optional<std::string> Settings::EndpointUrl(Service service) const {
  if (IsTrue(Variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) return std::nullopt;
  const std::string name(VariableNameOf(service));
  if (auto url = Variable(("AWS_ENDPOINT_URL_" + name).c_str())) return url;
  if (auto url = Variable("AWS_ENDPOINT_URL")) return url;
  const Section section = ProfileSection();
  if (const auto services = ValueOf(section, "services")) {
    if (const auto list = files.Other("services", *services)) {
      if (auto url = ValueOf(*list, Lower(name) + ".endpoint_url")) return url;
    }
  }
  return ValueOf(section, "endpoint_url");
}

Endpoint Settings::Resolve(Service service, const std::string& in_region) const {
  return ResolveEndpoint({.service = service, .region = in_region, .fips = fips, .stack = stack},
                         [this](Service of) { return EndpointUrl(of); });
}

Settings LoadSettings(app::Environment environment, std::optional<std::string> profile,
                      const std::optional<std::string>& region) {
  Settings settings;
  settings.environment = std::move(environment);
  settings.home = settings.Variable("HOME").value_or("");
  settings.config_path = WithHome(
      settings.Variable("AWS_CONFIG_FILE").value_or(settings.home + "/.aws/config"), settings.home);
  settings.credentials_path = WithHome(settings.Variable("AWS_SHARED_CREDENTIALS_FILE")
                                           .value_or(settings.home + "/.aws/credentials"),
                                       settings.home);
  settings.files =
      ConfigFiles(ReadConfigFile(settings.config_path), ReadConfigFile(settings.credentials_path));
  if (profile) {
    settings.profile = *profile;
    settings.profile_origin = ProfileOrigin::kFlag;
  } else if (const auto named = settings.Variable("AWS_PROFILE")) {
    settings.profile = *named;
    settings.profile_origin = ProfileOrigin::kEnvironment;
  }
  if (settings.profile_origin != ProfileOrigin::kDefault &&
      !settings.files.Profile(settings.profile)) {
    throw Failure("There is no profile '" + settings.profile + "' in " + settings.config_path +
                  " or " + settings.credentials_path + ".");
  }
  for (auto value :
       {region, settings.Variable("AWS_REGION"), settings.Variable("AWS_DEFAULT_REGION"),
        ValueOf(settings.ProfileSection(), "region")}) {
    if (settings.region.empty() && value) settings.region = *value;
  }
  if (IsTrue(Either(settings, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"))) {
    settings.fips = Fips::kOn;
  }
  if (IsTrue(Either(settings, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"))) {
    settings.stack = IpStack::kDual;
  }
  settings.ca_bundle =
      WithHome(Either(settings, "AWS_CA_BUNDLE", "ca_bundle").value_or(""), settings.home);
  return settings;
}

}  // namespace tenon::aws
