// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/provider_answer.hpp"
#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"
#include "aws/uri.hpp"

namespace tenon::aws {
namespace {

constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";

class InstanceMetadata {
 public:
  InstanceMetadata(const SourceContext& context, Url url)
      : caller_(context.caller), url_(std::move(url)) {
    token_ = Fetch("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "21600");
  }

  // Empty where the instance has no such thing.
  std::string Get(const std::string& path) {
    return Fetch("GET", path, "X-aws-ec2-metadata-token", token_);
  }

 private:
  std::string Fetch(const std::string& method, const std::string& path, const std::string& header,
                    const std::string& value) {
    const HttpResponse response =
        caller_.Send({.operation = "Instance metadata",
                      .prepare =
                          [&] {
                            HttpRequest request;
                            request.method = method;
                            request.scheme = url_.scheme;
                            request.host = url_.host;
                            request.path = url_.path + path;
                            request.SetHeader(header, value);
                            return request;
                          },
                      .transfer = {.connect_timeout = std::chrono::seconds(1),
                                   .timeout = std::chrono::seconds(5),
                                   .proxy = ProxyUse::kNever},
                      .accepts = [](int status) { return status == 404; },
                      .max_retries = 1});
    return response.status == 404 ? std::string() : response.body;
  }

  Caller& caller_;
  Url url_;
  std::string token_;
};

// Nothing where there is no such service: most machines are no instances.
std::optional<InstanceMetadata> Connect(const SourceContext& context) {
  const std::string disabled = context.settings.Variable("AWS_EC2_METADATA_DISABLED").value_or("");
  if (disabled == "true" || disabled == "True" || disabled == "TRUE") return std::nullopt;
  const std::string address = context.settings.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                                  .value_or("http://169.254.169.254");
  const auto url = ParseUrl(address);
  if (!url) {
    throw Failure("AWS_EC2_METADATA_SERVICE_ENDPOINT is '" + address +
                  "'; it takes an http:// or https:// URL.");
  }
  try {
    return InstanceMetadata(context, *url);
  } catch (const NoAnswer&) {
    return std::nullopt;
  } catch (const ServiceError&) {
    return std::nullopt;  // Something else answers there.
  }
}

}  // namespace

std::optional<Credentials> FromInstanceMetadata(const SourceContext& context) {
  auto metadata = Connect(context);
  if (!metadata) return std::nullopt;
  std::string role = metadata->Get(std::string(kRoles));
  role = role.substr(0, role.find('\n'));
  if (role.empty()) return std::nullopt;
  return ReadProviderAnswer(metadata->Get(std::string(kRoles) + role),
                            "instance metadata (role " + role + ")");
}

std::optional<std::string> RegionFromInstanceMetadata(const SourceContext& context) {
  auto metadata = Connect(context);
  if (!metadata) return std::nullopt;
  const std::string region = metadata->Get("/latest/meta-data/placement/region");
  return region.empty() ? std::nullopt : std::optional(region);
}

}  // namespace tenon::aws
