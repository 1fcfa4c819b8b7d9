// SPDX-License-Identifier: Apache-2.0
#include "checks/architecture.hpp"

#include <algorithm>

namespace tenon::sagemaker_tool {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What lies before the mark, which goes as well; everything where there is none.
std::string_view TakeUntil(std::string_view& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + mark.size());
  return taken;
}

}  // namespace

std::string_view ArchitectureOfInstance(std::string_view type) {
  TakeUntil(type, ".");
  const std::string_view family = TakeUntil(type, ".");
  const auto* const generation = std::find_if(family.begin(), family.end(), &IsDigit);
  return std::find(generation, family.end(), 'g') != family.end() ? "arm64" : "amd64";
}

std::optional<EcrImage> ParseEcrImage(std::string_view uri) {
  std::string_view host = TakeUntil(uri, "/");
  EcrImage image;
  image.registry = TakeUntil(host, ".");
  const std::string_view dkr = TakeUntil(host, ".");
  const std::string_view service = TakeUntil(host, ".");
  image.region = TakeUntil(host, ".");
  const bool is_ecr = dkr == "dkr" && (service == "ecr" || service == "ecr-fips") &&
                      host.starts_with("amazonaws.") && image.registry.size() == 12 &&
                      std::all_of(image.registry.begin(), image.registry.end(), &IsDigit);
  if (!is_ecr) return std::nullopt;
  if (const std::size_t at = uri.find('@'); at != std::string_view::npos) {
    image.digest = uri.substr(at + 1);
    uri = uri.substr(0, at);
    image.repository = TakeUntil(uri, ":");  // A tag beside a digest says nothing.
  } else {
    image.repository = TakeUntil(uri, ":");
    image.tag = uri;
  }
  if (image.repository.empty() || (image.tag.empty() && image.digest.empty())) return std::nullopt;
  return image;
}

}  // namespace tenon::sagemaker_tool
