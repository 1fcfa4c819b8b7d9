// SPDX-License-Identifier: Apache-2.0
#include "deploy/owned_names.hpp"

#include <algorithm>

#include "aws/digest.hpp"
#include "aws/times.hpp"

namespace tenon::sagemaker_tool {
namespace {

JsonObject TagObject(std::string_view key, std::string_view value) {
  return JsonObject().SetText("Key", key).SetText("Value", value);
}

bool HasTag(const std::vector<Tag>& tags, std::string_view key, std::string_view value) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](const Tag& tag) { return tag.Key == key && tag.Value == value; });
}

}  // namespace

std::string OwnedPrefix(std::string_view endpoint) {
  constexpr std::size_t kRest = 22;  // "-20261125014752-ab12" and some air.
  constexpr std::size_t kLongest = 63;
  std::string prefix(endpoint.substr(0, kLongest - kRest));
  while (prefix.ends_with('-')) prefix.pop_back();
  return prefix + "-";
}

std::string OwnedName(std::string_view endpoint, aws::WallTime now, std::uint32_t random) {
  std::string time = aws::CompactTime(now);
  time.erase(std::remove_if(time.begin(), time.end(), [](char c) { return c < '0' || c > '9'; }),
             time.end());
  const char bytes[] = {static_cast<char>(random >> 8 & 0xFF), static_cast<char>(random & 0xFF)};
  return OwnedPrefix(endpoint) + time + "-" + aws::Hex({bytes, sizeof bytes});
}

std::vector<JsonObject> OwnedTags(std::string_view endpoint, const Texts& more) {
  std::vector<JsonObject> tags = {TagObject(kCreatedByTag, kCreatedBy),
                                  TagObject(kEndpointTag, endpoint)};
  for (const auto& [key, value] : more) tags.push_back(TagObject(key, value));
  return tags;
}

bool IsOwned(const std::vector<Tag>& tags, std::string_view endpoint) {
  return HasTag(tags, kCreatedByTag, kCreatedBy) && HasTag(tags, kEndpointTag, endpoint);
}

}  // namespace tenon::sagemaker_tool
