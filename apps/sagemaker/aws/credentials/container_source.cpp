// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "aws/credentials/provider_answer.hpp"
#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"
#include "aws/uri.hpp"

namespace tenon::aws {
namespace {

// Without a port, brackets kept.
std::string_view BareHost(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// Who may see the token without TLS: this machine, and the addresses of ECS and EKS.
bool MayUsePlainHttp(std::string_view host) {
  constexpr std::array<std::string_view, 5> kHosts = {"localhost", "169.254.170.2",
                                                      "169.254.170.23", "[fd00:ec2::23]", "[::1]"};
  return host.starts_with("127.") || std::find(kHosts.begin(), kHosts.end(), host) != kHosts.end();
}

std::string AuthorizationToken(const Settings& settings) {
  if (const auto path = settings.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    std::ifstream file(*path);
    std::stringstream text;
    text << file.rdbuf();
    std::string token = text.str();
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
    if (!file || token.empty()) {
      throw Failure("The token file '" + *path +
                    "' (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) cannot be read or is empty.");
    }
    return token;
  }
  return settings.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
}

}  // namespace

std::optional<std::string> ContainerCredentialsUrl(const Settings& settings) {
  if (const auto path = settings.Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    return "http://169.254.170.2" + *path;
  }
  auto full = settings.Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!full) return std::nullopt;
  const auto url = ParseUrl(*full);
  if (!url || (url->scheme == "http" && !MayUsePlainHttp(BareHost(url->host)))) {
    throw Failure("AWS_CONTAINER_CREDENTIALS_FULL_URI is '" + *full +
                  "'; it takes an https:// URL, or http:// to this machine, 169.254.170.2, "
                  "169.254.170.23 or [fd00:ec2::23].");
  }
  return full;
}

std::optional<Credentials> FromContainer(const SourceContext& context) {
  const auto text = ContainerCredentialsUrl(context.settings);
  if (!text) return std::nullopt;
  const auto url = ParseUrl(*text);
  const std::string source = "the container's credentials at " + *text;
  try {
    const HttpResponse response = context.caller.Send(
        {.operation = source,
         .prepare =
             [&] {
               HttpRequest request;
               request.method = "GET";
               request.scheme = url->scheme;
               request.host = url->host;
               // As given, with its query.
               request.path = text->substr(url->scheme.size() + 3 + url->host.size());
               if (request.path.empty()) request.path = "/";
               request.SetHeader("Accept", "application/json");
               // Read anew: Pod Identity rotates it.
               if (const std::string token = AuthorizationToken(context.settings); !token.empty()) {
                 request.SetHeader("Authorization", token);
               }
               return request;
             },
         .transfer = {.connect_timeout = std::chrono::seconds(2),
                      .timeout = std::chrono::seconds(10),
                      .proxy = ProxyUse::kNever},
         .max_retries = 2});
    return ReadProviderAnswer(response.body, source);
  } catch (const NoAnswer& failure) {
    throw Failure("AWS_CONTAINER_CREDENTIALS_* name " + *text + ". " + failure.what());
  }
}

}  // namespace tenon::aws
