// SPDX-License-Identifier: Apache-2.0
// What a profile says, and the chain of profiles behind a role.
#include <algorithm>
#include <vector>

#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

using Visited = std::vector<std::string>;

std::optional<Credentials> Search(const SourceContext& context, const std::string& name,
                                  Visited& visited);

Credentials FromCredentialSource(const SourceContext& context, const ProfileView& profile,
                                 const std::string& source) {
  std::optional<Credentials> found;
  if (source == "Environment") {
    found = FromEnvironment(context.settings);
  } else if (source == "Ec2InstanceMetadata") {
    found = FromInstanceMetadata(context);
  } else if (source == "EcsContainer") {
    found = FromContainer(context);
  } else {
    throw Failure("Profile '" + profile.name + "': credential_source '" + source +
                  "' is not one of Environment, Ec2InstanceMetadata, EcsContainer.");
  }
  if (!found) {
    throw Failure("Profile '" + profile.name + "': credential_source " + source +
                  " has no credentials.");
  }
  return *std::move(found);
}

Credentials BaseOfRole(const SourceContext& context, const ProfileView& profile, Visited& visited) {
  const auto source_profile = ValueOf(profile.section, "source_profile");
  const auto credential_source = ValueOf(profile.section, "credential_source");
  if (source_profile && credential_source) {
    throw Failure("Profile '" + profile.name +
                  "' has both source_profile and credential_source; it takes one.");
  }
  if (credential_source) return FromCredentialSource(context, profile, *credential_source);
  if (!source_profile) {
    throw Failure("Profile '" + profile.name +
                  "' has role_arn, but neither source_profile nor credential_source.");
  }
  if (*source_profile == profile.name) {
    // Its own keys are what it starts from.
    if (auto keys = FromProfileKeys(profile)) return *std::move(keys);
  }
  auto found = Search(context, *source_profile, visited);
  if (!found) {
    throw Failure("Profile '" + profile.name + "': its source_profile '" + *source_profile +
                  "' has no credentials.");
  }
  return *std::move(found);
}

std::optional<Credentials> Search(const SourceContext& context, const std::string& name,
                                  Visited& visited) {
  const auto section = context.settings.files.Profile(name);
  if (!section) return std::nullopt;
  if (std::find(visited.begin(), visited.end(), name) != visited.end()) {
    throw Failure("The source_profile of profile '" + name + "' leads back to itself.");
  }
  visited.push_back(name);
  const ProfileView profile{.name = name, .section = *section};
  if (auto found = FromProfileWebIdentity(context, profile)) return found;
  if (ValueOf(*section, "role_arn")) {
    return AssumeRole(context, profile, BaseOfRole(context, profile, visited));
  }
  if (auto found = FromIdentityCenter(context, profile)) return found;
  if (context.settings.files.CredentialsFileHas(name, "aws_access_key_id")) {
    return FromProfileKeys(profile);
  }
  if (auto found = FromProcess(profile)) return found;
  return FromProfileKeys(profile);
}

}  // namespace

std::optional<Credentials> FromProfileKeys(const ProfileView& profile) {
  const auto id = ValueOf(profile.section, "aws_access_key_id");
  if (!id) return std::nullopt;
  const auto secret = ValueOf(profile.section, "aws_secret_access_key");
  if (!secret) {
    throw Failure("Profile '" + profile.name +
                  "' has aws_access_key_id, but no aws_secret_access_key.");
  }
  Credentials credentials;
  credentials.access_key_id = *id;
  credentials.secret_access_key = Secret(*secret);
  credentials.session_token = Secret(ValueOf(profile.section, "aws_session_token").value_or(""));
  credentials.source = "profile '" + profile.name + "'";
  return credentials;
}

bool TakesRole(const Settings& settings, const std::string& name) {
  const Section section = settings.files.Profile(name).value_or(Section());
  return ValueOf(section, "role_arn") && !ValueOf(section, "web_identity_token_file");
}

std::optional<Credentials> FromProfile(const SourceContext& context, const std::string& name) {
  Visited visited;
  return Search(context, name, visited);
}

}  // namespace tenon::aws
