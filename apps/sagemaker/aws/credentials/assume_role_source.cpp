// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/sources.hpp"
#include "aws/credentials/terminal_prompt.hpp"
#include "aws/failure.hpp"
#include "aws/sts.hpp"

namespace tenon::aws {

Credentials AssumeRole(const SourceContext& context, const ProfileView& profile,
                       const Credentials& base) {
  const Section& section = profile.section;
  const std::string role = ValueOf(section, "role_arn").value_or("");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  QueryParameters parameters = {
      {"RoleArn", role},
      {"RoleSessionName",
       ValueOf(section, "role_session_name")
           .value_or(
               "tenon-" +
               std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()))},
      {"DurationSeconds", ValueOf(section, "duration_seconds").value_or("3600")}};
  if (const auto external = ValueOf(section, "external_id")) {
    parameters.emplace_back("ExternalId", *external);
  }
  if (const auto serial = ValueOf(section, "mfa_serial")) {
    parameters.emplace_back("SerialNumber", *serial);
    parameters.emplace_back(
        "TokenCode", AskTerminal("MFA code for " + *serial + ": ", context.caller.GetInterrupts()));
  }
  try {
    Credentials credentials = CallSts(
        context.settings, context.caller,
        {.action = "AssumeRole", .parameters = std::move(parameters), .credentials = &base});
    credentials.source = "profile '" + profile.name + "' (role " + role + ")";
    return credentials;
  } catch (const ServiceError& error) {
    throw Failure("Profile '" + profile.name + "', role " + role + ": " + error.what() +
                  " The call was made with the credentials of " + base.source + ".");
  }
}

}  // namespace tenon::aws
