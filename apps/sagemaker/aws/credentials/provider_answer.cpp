// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/provider_answer.hpp"

#include "aws/answer.hpp"
#include "aws/times.hpp"

namespace tenon::aws {
namespace {

struct ProviderAnswer {
  std::optional<std::string> Code;
  std::string AccessKeyId;
  Secret SecretAccessKey;
  Secret Token;
  std::optional<std::string> Expiration;
};

}  // namespace

Credentials ReadProviderAnswer(std::string_view json, const std::string& source) {
  const auto answer = ReadAnswer<ProviderAnswer>(json, "The answer of " + source);
  if (answer.AccessKeyId.empty() || answer.SecretAccessKey.empty()) {
    throw Failure("The answer of " + source + " holds no credentials" +
                  (answer.Code ? ", but says '" + *answer.Code + "'." : "."));
  }
  Credentials credentials;
  credentials.access_key_id = answer.AccessKeyId;
  credentials.secret_access_key = answer.SecretAccessKey;
  credentials.session_token = answer.Token;
  if (answer.Expiration) credentials.expires = ParseTime(*answer.Expiration);
  credentials.source = source;
  return credentials;
}

}  // namespace tenon::aws
