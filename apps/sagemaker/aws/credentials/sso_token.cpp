// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/sso_token.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "aws/answer.hpp"
#include "aws/digest.hpp"
#include "aws/failure.hpp"
#include "aws/times.hpp"

namespace tenon::aws {
namespace {

struct CachedToken {
  Secret accessToken;
  std::string expiresAt;
  Secret refreshToken;
  std::string clientId;
  Secret clientSecret;
  std::string registrationExpiresAt;
};

struct NewToken {
  Secret accessToken;
  int expiresIn = 0;
  Secret refreshToken;
};

using Members = std::map<std::string, RawJson>;

void SetText(Members& members, const std::string& key, const std::string& value) {
  RawJson json;
  schema::WriteJsonString(value, json.text);
  members[key] = json;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return file ? text.str() : std::string();
}

// For the next call and for AWS's own tools. Whoever cannot write simply renews again.
void WriteFile(const std::string& path, const std::string& text) {
  const std::string beside = path + "." + std::to_string(getpid());
  {
    std::ofstream file(beside);
    std::error_code ignored;
    std::filesystem::permissions(
        beside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    file << text;
    if (!file) return;
  }
  std::error_code ignored;
  std::filesystem::rename(beside, path, ignored);
}

NewToken Renew(const SourceContext& context, const SsoSession& session, const CachedToken& old) {
  const Endpoint endpoint = context.settings.Resolve(Service::kSsoOidc, session.region);
  Members body;
  SetText(body, "clientId", old.clientId);
  SetText(body, "clientSecret", old.clientSecret.Reveal());
  SetText(body, "grantType", "refresh_token");
  SetText(body, "refreshToken", old.refreshToken.Reveal());
  const HttpResponse response =
      context.caller.Send({.operation = "CreateToken",
                           .prepare =
                               [&] {
                                 HttpRequest request;
                                 request.scheme = endpoint.url.scheme;
                                 request.host = endpoint.url.host;
                                 request.path = endpoint.url.path + "/token";
                                 request.SetHeader("Content-Type", "application/json");
                                 request.body = schema::WriteJson(body);
                                 return request;
                               },
                           .transfer = {}});
  return ReadAnswer<NewToken>(response.body, "the answer to CreateToken");
}

bool IsOver(const std::string& text) {
  const auto time = ParseTime(text);
  return !time || *time <= std::chrono::system_clock::now() + std::chrono::minutes(1);
}

std::string Iso(WallTime time) {
  std::string text = ReadableTime(time) + "Z";
  text[10] = 'T';
  return text;
}

}  // namespace

Secret SsoAccessToken(const SourceContext& context, const SsoSession& session) {
  const std::string path =
      context.settings.home + "/.aws/sso/cache/" + Hex(Sha1(session.cache_key)) + ".json";
  const std::string login = " Log in with: " + session.login_command;
  const std::string text = ReadFile(path);
  if (text.empty()) {
    throw Failure("IAM Identity Center: there is no cached token at " + path + "." + login);
  }
  const auto token = ReadAnswer<CachedToken>(text, path);
  if (!token.accessToken.empty() && !IsOver(token.expiresAt)) return token.accessToken;
  const std::string expired =
      "IAM Identity Center: the cached token expired at " + token.expiresAt + ".";
  if (token.refreshToken.empty() || token.clientId.empty() || IsOver(token.registrationExpiresAt)) {
    throw Failure(expired + login);
  }
  try {
    const NewToken renewed = Renew(context, session, token);
    if (renewed.accessToken.empty()) throw Failure("CreateToken answers without a token.");
    auto members = ReadAnswer<Members>(text, path);
    SetText(members, "accessToken", renewed.accessToken.Reveal());
    SetText(members, "expiresAt",
            Iso(std::chrono::system_clock::now() + std::chrono::seconds(renewed.expiresIn)));
    if (!renewed.refreshToken.empty()) {
      SetText(members, "refreshToken", renewed.refreshToken.Reveal());
    }
    WriteFile(path, schema::WriteJson(members));
    return renewed.accessToken;
  } catch (const ServiceError& error) {
    throw Failure(expired + " It could not be renewed: " + error.what() + login);
  }
}

}  // namespace tenon::aws
