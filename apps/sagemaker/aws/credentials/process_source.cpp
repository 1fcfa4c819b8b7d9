// SPDX-License-Identifier: Apache-2.0
#include "aws/answer.hpp"
#include "aws/credentials/process_output.hpp"
#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"
#include "aws/times.hpp"

namespace tenon::aws {
namespace {

struct ProcessAnswer {
  int Version = 0;
  std::string AccessKeyId;
  Secret SecretAccessKey;
  std::optional<std::string> SessionToken;
  std::optional<std::string> Expiration;
};

Credentials ReadProcessAnswer(const std::string& text) {
  const auto answer = ReadAnswer<ProcessAnswer>(text, "its output");
  if (answer.Version != 1) {
    throw Failure("its output has \"Version\": " + std::to_string(answer.Version) +
                  "; known is 1.");
  }
  if (answer.AccessKeyId.empty() || answer.SecretAccessKey.empty()) {
    throw Failure("its output has no AccessKeyId or no SecretAccessKey.");
  }
  Credentials credentials;
  credentials.access_key_id = answer.AccessKeyId;
  credentials.secret_access_key = answer.SecretAccessKey;
  credentials.session_token = Secret(answer.SessionToken.value_or(""));
  if (answer.Expiration) {
    credentials.expires = ParseTime(*answer.Expiration);
    if (!credentials.expires) {
      throw Failure("its Expiration '" + *answer.Expiration + "' is no time.");
    }
  }
  return credentials;
}

}  // namespace

std::optional<Credentials> FromProcess(const ProfileView& profile) {
  const auto command = ValueOf(profile.section, "credential_process");
  if (!command) return std::nullopt;
  try {
    Credentials credentials = ReadProcessAnswer(ProcessOutput(*command));
    credentials.source = "profile '" + profile.name + "' (credential_process)";
    return credentials;
  } catch (const Failure& failure) {
    throw Failure("Profile '" + profile.name + "', credential_process: " + failure.what());
  }
}

}  // namespace tenon::aws
