// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"

namespace tenon::aws {

std::optional<Credentials> FromEnvironment(const Settings& settings) {
  const auto id = settings.Variable("AWS_ACCESS_KEY_ID");
  if (!id) return std::nullopt;
  const auto secret = settings.Variable("AWS_SECRET_ACCESS_KEY");
  if (!secret) {
    throw Failure("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not.");
  }
  Credentials credentials;
  credentials.access_key_id = *id;
  credentials.secret_access_key = Secret(*secret);
  credentials.session_token = Secret(settings.Variable("AWS_SESSION_TOKEN").value_or(""));
  credentials.source = "AWS_ACCESS_KEY_ID";
  return credentials;
}

}  // namespace tenon::aws
