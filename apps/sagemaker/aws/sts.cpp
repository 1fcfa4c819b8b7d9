// SPDX-License-Identifier: Apache-2.0
#include "aws/sts.hpp"

#include "aws/failure.hpp"
#include "aws/times.hpp"
#include "aws/uri.hpp"
#include "aws/xml.hpp"

namespace tenon::aws {

std::string QueryBody(const QueryParameters& parameters) {
  std::string body;
  for (const auto& [key, value] : parameters) {
    if (!body.empty()) body += '&';
    body += EncodeComponent(key) + "=" + EncodeComponent(value);
  }
  return body;
}

Credentials CallSts(const Settings& settings, Caller& caller, const StsCall& call) {
  // Without a region, where the global service is.
  const std::string region = settings.region.empty() ? "us-east-1" : settings.region;
  const Endpoint endpoint = settings.Resolve(Service::kSts, region);
  QueryParameters parameters = {{"Action", call.action}, {"Version", "2011-06-15"}};
  parameters.insert(parameters.end(), call.parameters.begin(), call.parameters.end());
  const HttpResponse response = caller.Send(
      {.operation = call.action,
       .prepare =
           [&] {
             HttpRequest request;
             request.scheme = endpoint.url.scheme;
             request.host = endpoint.url.host;
             request.path = endpoint.url.path + "/";
             request.SetHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
             request.body = QueryBody(parameters);
             if (call.credentials != nullptr) {
               Sign(request, *call.credentials, endpoint.scope, std::chrono::system_clock::now());
             }
             return request;
           },
       .transfer = {}});
  const auto id = XmlText(response.body, "AccessKeyId");
  const auto secret = XmlText(response.body, "SecretAccessKey");
  const auto token = XmlText(response.body, "SessionToken");
  const auto expiration = XmlText(response.body, "Expiration");
  if (!id || !secret || !token) throw Failure(call.action + " answers without credentials.");
  Credentials credentials;
  credentials.access_key_id = *id;
  credentials.secret_access_key = Secret(*secret);
  credentials.session_token = Secret(*token);
  if (expiration) credentials.expires = ParseTime(*expiration);
  return credentials;
}

}  // namespace tenon::aws
