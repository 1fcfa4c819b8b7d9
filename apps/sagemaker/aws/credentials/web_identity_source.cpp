// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"
#include "aws/sts.hpp"

namespace tenon::aws {
namespace {

struct WebIdentity {
  std::string role;
  std::string token_file;
  std::string session_name;
  std::string source;
};

Credentials Exchange(const SourceContext& context, const WebIdentity& identity) {
  std::ifstream file(identity.token_file);
  std::stringstream token;
  token << file.rdbuf();
  std::string text = token.str();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (!file || text.empty()) {
    throw Failure("The web identity token file '" + identity.token_file + "' (" + identity.source +
                  ") cannot be read or is empty.");
  }
  try {
    Credentials credentials = CallSts(context.settings, context.caller,
                                      {.action = "AssumeRoleWithWebIdentity",
                                       .parameters = {{"RoleArn", identity.role},
                                                      {"RoleSessionName", identity.session_name},
                                                      {"WebIdentityToken", text}}});
    credentials.source = identity.source + " (role " + identity.role + ")";
    return credentials;
  } catch (const ServiceError& error) {
    throw Failure(identity.source + ", role " + identity.role + ": " + error.what());
  }
}

}  // namespace

std::optional<Credentials> FromWebIdentityVariables(const SourceContext& context) {
  const auto file = context.settings.Variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!file) return std::nullopt;
  const auto role = context.settings.Variable("AWS_ROLE_ARN");
  if (!role) throw Failure("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not.");
  return Exchange(
      context,
      {.role = *role,
       .token_file = *file,
       .session_name = context.settings.Variable("AWS_ROLE_SESSION_NAME").value_or("tenon"),
       .source = "AWS_WEB_IDENTITY_TOKEN_FILE"});
}

std::optional<Credentials> FromProfileWebIdentity(const SourceContext& context,
                                                  const ProfileView& profile) {
  const auto file = ValueOf(profile.section, "web_identity_token_file");
  const auto role = ValueOf(profile.section, "role_arn");
  if (!file || !role) return std::nullopt;
  return Exchange(context,
                  {.role = *role,
                   .token_file = *file,
                   .session_name = ValueOf(profile.section, "role_session_name").value_or("tenon"),
                   .source = "profile '" + profile.name + "' (web identity)"});
}

}  // namespace tenon::aws
