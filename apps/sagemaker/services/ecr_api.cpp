// SPDX-License-Identifier: Apache-2.0
#include "services/ecr_api.hpp"

#include <optional>
#include <vector>

#include "aws/answer.hpp"
#include "aws/digest.hpp"
#include "aws/uri.hpp"

namespace tenon::sagemaker_tool {
namespace {

struct AuthorizationData {
  Secret authorizationToken;
  std::string proxyEndpoint;
};
struct AuthorizationAnswer {
  std::vector<AuthorizationData> authorizationData;
};

struct ImageEntry {
  std::string imageManifest;
};
struct ImagesAnswer {
  std::vector<ImageEntry> images;
};
struct ManifestConfig {
  std::string digest;
};
struct Manifest {
  std::optional<ManifestConfig> config;  // An index has none.
};
struct LayerAnswer {
  std::string downloadUrl;
};
struct ImageConfig {
  std::string architecture;
};

}  // namespace

RegistryPassword GetRegistryPassword(aws::ServiceClient& client) {
  const auto answer = aws::ReadAnswer<AuthorizationAnswer>(
      client.CallJson(aws::Service::kEcr, "GetAuthorizationToken", "{}"),
      "The answer to GetAuthorizationToken");
  if (answer.authorizationData.empty()) {
    throw aws::Failure("GetAuthorizationToken answers without a token.");
  }
  const AuthorizationData& data = answer.authorizationData.front();
  const auto decoded = aws::DecodeBase64(data.authorizationToken.Reveal());
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    throw aws::Failure("GetAuthorizationToken answers with a token that is no user:password.");
  }
  const auto url = aws::ParseUrl(data.proxyEndpoint);
  return {.host = url ? url->host : data.proxyEndpoint,
          .user = decoded->substr(0, colon),
          .password = Secret(decoded->substr(colon + 1))};
}

JsonObject ManifestBody(const EcrImage& image) {
  JsonObject id;
  if (!image.tag.empty()) id.SetText("imageTag", image.tag);
  if (!image.digest.empty()) id.SetText("imageDigest", image.digest);
  return JsonObject()
      .SetText("registryId", image.registry)
      .SetText("repositoryName", image.repository)
      .SetList("imageIds", {id})
      .SetTexts("acceptedMediaTypes", {"application/vnd.docker.distribution.manifest.v2+json",
                                       "application/vnd.oci.image.manifest.v1+json"});
}

std::string GetImageArchitecture(aws::ServiceClient& client, const EcrImage& image) {
  const auto found = aws::ReadAnswer<ImagesAnswer>(
      client.CallJson(aws::Service::kEcr, "BatchGetImage", ManifestBody(image).Text()),
      "The answer to BatchGetImage");
  if (found.images.empty()) return {};
  const auto manifest = aws::ReadAnswer<Manifest>(found.images[0].imageManifest, "The manifest");
  if (!manifest.config) return {};
  const JsonObject layer = JsonObject()
                               .SetText("registryId", image.registry)
                               .SetText("repositoryName", image.repository)
                               .SetText("layerDigest", manifest.config->digest);
  const auto place = aws::ReadAnswer<LayerAnswer>(
      client.CallJson(aws::Service::kEcr, "GetDownloadUrlForLayer", layer.Text()),
      "The answer to GetDownloadUrlForLayer");
  return aws::ReadAnswer<ImageConfig>(client.Fetch(place.downloadUrl), "The image's config")
      .architecture;
}

}  // namespace tenon::sagemaker_tool
