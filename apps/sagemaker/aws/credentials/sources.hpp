// SPDX-License-Identifier: Apache-2.0
#pragma once

// The places that credentials come from, one file each. A source gives nothing where it is not set
// up, and throws Failure where it is set up but fails: the search then ends, for going on would
// sign with somebody else's keys.

#include <optional>
#include <string>

#include "aws/caller.hpp"
#include "aws/config_file.hpp"
#include "aws/credentials.hpp"
#include "aws/settings.hpp"

namespace tenon::aws {

struct SourceContext {
  const Settings& settings;
  Caller& caller;
};

// A profile, as far as sources look at it.
struct ProfileView {
  std::string name;
  Section section;
};

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
std::optional<Credentials> FromEnvironment(const Settings& settings);

// AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN.
std::optional<Credentials> FromWebIdentityVariables(const SourceContext& context);

// Everything that a profile can say, in this order: role_arn, web identity, IAM Identity Center,
// keys of the credentials file, credential_process, keys of the config file.
std::optional<Credentials> FromProfile(const SourceContext& context, const std::string& name);
// Whether a profile takes on a role from other credentials.
bool TakesRole(const Settings& settings, const std::string& name);

// aws_access_key_id and aws_secret_access_key of a profile.
std::optional<Credentials> FromProfileKeys(const ProfileView& profile);
// credential_process.
std::optional<Credentials> FromProcess(const ProfileView& profile);
// sso_session, or sso_start_url as older files have it. Renews an expired token where the session
// can; says which command logs in where it cannot.
std::optional<Credentials> FromIdentityCenter(const SourceContext& context,
                                              const ProfileView& profile);
// web_identity_token_file with role_arn.
std::optional<Credentials> FromProfileWebIdentity(const SourceContext& context,
                                                  const ProfileView& profile);
// role_arn with the credentials of its source_profile or credential_source; asks the terminal for
// the code of mfa_serial.
Credentials AssumeRole(const SourceContext& context, const ProfileView& profile,
                       const Credentials& base);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI: ECS, and EKS Pod Identity.
std::optional<Credentials> FromContainer(const SourceContext& context);
// The URL that these variables mean. Errors: throws Failure for a host that must not see the token.
std::optional<std::string> ContainerCredentialsUrl(const Settings& settings);

// The role of the instance, version 2 of the service.
std::optional<Credentials> FromInstanceMetadata(const SourceContext& context);
// The region of the instance.
std::optional<std::string> RegionFromInstanceMetadata(const SourceContext& context);

}  // namespace tenon::aws
