// SPDX-License-Identifier: Apache-2.0
#include "aws/answer.hpp"
#include "aws/credentials/sources.hpp"
#include "aws/credentials/sso_token.hpp"
#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

struct RoleCredentials {
  std::string accessKeyId;
  Secret secretAccessKey;
  Secret sessionToken;
  std::int64_t expiration = 0;  // Milliseconds since 1970.
};
struct RoleCredentialsAnswer {
  RoleCredentials roleCredentials;
};

std::string Needed(const ProfileView& profile, const Section& section, const std::string& key,
                   const std::string& place) {
  const auto value = ValueOf(section, key);
  if (!value) {
    throw Failure("Profile '" + profile.name + "' signs in by IAM Identity Center, but " + place +
                  " has no " + key + ".");
  }
  return *value;
}

SsoSession SessionOf(const SourceContext& context, const ProfileView& profile) {
  const std::string login = "aws sso login --profile " + profile.name;
  if (const auto name = ValueOf(profile.section, "sso_session")) {
    const auto section = context.settings.files.Other("sso-session", *name);
    if (!section) {
      throw Failure("Profile '" + profile.name + "' names sso_session '" + *name + "', but " +
                    context.settings.config_path + " has no [sso-session " + *name + "].");
    }
    return {.cache_key = *name,
            .region = Needed(profile, *section, "sso_region", "its session"),
            .login_command = login};
  }
  return {.cache_key = Needed(profile, profile.section, "sso_start_url", "it"),
          .region = Needed(profile, profile.section, "sso_region", "it"),
          .login_command = login};
}

}  // namespace

std::optional<Credentials> FromIdentityCenter(const SourceContext& context,
                                              const ProfileView& profile) {
  if (!ValueOf(profile.section, "sso_session") && !ValueOf(profile.section, "sso_start_url")) {
    return std::nullopt;
  }
  const SsoSession session = SessionOf(context, profile);
  const std::string account = Needed(profile, profile.section, "sso_account_id", "it");
  const std::string role = Needed(profile, profile.section, "sso_role_name", "it");
  const Secret token = SsoAccessToken(context, session);
  const Endpoint endpoint = context.settings.Resolve(Service::kSsoPortal, session.region);
  try {
    const HttpResponse response =
        context.caller.Send({.operation = "GetRoleCredentials",
                             .prepare =
                                 [&] {
                                   HttpRequest request;
                                   request.method = "GET";
                                   request.scheme = endpoint.url.scheme;
                                   request.host = endpoint.url.host;
                                   request.path = endpoint.url.path + "/federation/credentials";
                                   request.query = {{"role_name", role}, {"account_id", account}};
                                   request.SetHeader("x-amz-sso_bearer_token", token.Reveal());
                                   return request;
                                 },
                             .transfer = {}});
    const RoleCredentials answer =
        ReadAnswer<RoleCredentialsAnswer>(response.body, "the answer to GetRoleCredentials")
            .roleCredentials;
    Credentials credentials;
    credentials.access_key_id = answer.accessKeyId;
    credentials.secret_access_key = answer.secretAccessKey;
    credentials.session_token = answer.sessionToken;
    credentials.expires = WallTime(std::chrono::milliseconds(answer.expiration));
    credentials.source = "profile '" + profile.name + "' (IAM Identity Center, role " + role + ")";
    return credentials;
  } catch (const ServiceError& error) {
    throw Failure("Profile '" + profile.name + "': " + error.what() +
                  (error.Status() == 401 ? " Log in with: " + session.login_command : ""));
  }
}

}  // namespace tenon::aws
