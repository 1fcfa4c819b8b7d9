// SPDX-License-Identifier: Apache-2.0
#include "aws/service_client.hpp"

#include <array>

#include "aws/failure.hpp"
#include "aws/retry_policy.hpp"

namespace tenon::aws {
namespace {

std::string_view TargetPrefix(Service service) {
  switch (service) {
    case Service::kLogs: return "Logs_20140328.";
    case Service::kEcr: return "AmazonEC2ContainerRegistry_V20150921.";
    default: return "SageMaker.";
  }
}

// Answers that are about the keys and not about the call.
bool IsAboutCredentials(const std::string& code) {
  constexpr std::array<std::string_view, 5> kCodes = {
      "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId",
      "SignatureDoesNotMatch", "InvalidSignatureException"};
  for (const std::string_view known : kCodes) {
    if (code == known) return true;
  }
  return false;
}

}  // namespace

HttpResponse ServiceClient::Send(const ServiceRequest& request) {
  const Endpoint endpoint = EndpointOf(request.service);
  std::string source;  // Of the credentials of the last attempt.
  try {
    return caller_.Send({.operation = request.operation,
                         .prepare =
                             [&] {
                               HttpRequest http = request.http;
                               http.scheme = endpoint.url.scheme;
                               http.host = request.host_prefix + endpoint.url.host;
                               http.path = endpoint.url.path + http.path;
                               const Credentials& credentials = credentials_.Current();
                               source = credentials.source;
                               Sign(http, credentials, endpoint.scope,
                                    std::chrono::system_clock::now());
                               return http;
                             },
                         .transfer = request.transfer,
                         .accepts = request.accepts,
                         .renew_credentials = [this] { credentials_.Renew(); }});
  } catch (const ServiceError& error) {
    if (RemedyFor({.status = error.Status(), .code = error.Code(), .message = {}}) ==
        Remedy::kRenewCredentials) {
      throw Failure("The credentials of " + source + " have expired. " + error.what() +
                    " Renew them where they come from and call again.");
    }
    if (IsAboutCredentials(error.Code())) {
      throw Failure("The credentials of " + source + " are refused. " + error.what());
    }
    throw;
  }
}

std::string ServiceClient::CallJson(Service service, const std::string& operation,
                                    const std::string& body) {
  ServiceRequest request{.service = service, .operation = operation};
  request.http.SetHeader("Content-Type", "application/x-amz-json-1.1");
  request.http.SetHeader("X-Amz-Target", std::string(TargetPrefix(service)) + operation);
  request.http.body = body;
  return Send(request).body;
}

std::string ServiceClient::Fetch(const std::string& url) {
  const auto parts = ParseUrl(url);
  if (!parts) throw Failure("'" + url + "' is no URL.");
  const std::size_t query = url.find('?');
  HttpRequest http;
  http.method = "GET";
  http.scheme = parts->scheme;
  http.host = parts->host;
  // As it was signed: encoded anew, it would be another.
  http.path = parts->path + (query == std::string::npos ? "" : url.substr(query));
  return caller_.Send({.operation = "Fetching " + parts->host, .prepare = [&http] { return http; }})
      .body;
}

}  // namespace tenon::aws
