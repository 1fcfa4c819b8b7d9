// SPDX-License-Identifier: Apache-2.0
#pragma once

// How what this program makes is named and found again.

#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.hpp"
#include "checks/names.hpp"
#include "json/json_object.hpp"
#include "services/sagemaker_types.hpp"

namespace tenon::sagemaker_tool {

inline constexpr std::string_view kCreatedByTag = "tenon:created-by";
inline constexpr std::string_view kCreatedBy = "tenon-sagemaker";
inline constexpr std::string_view kEndpointTag = "tenon:endpoint";

// What names of models and configs of an endpoint begin with: the endpoint's name, cut so that the
// rest fits into 63 characters.
std::string OwnedPrefix(std::string_view endpoint);
// A name for one deployment: OwnedPrefix, the time, and four random digits.
std::string OwnedName(std::string_view endpoint, aws::WallTime now, std::uint32_t random);

// Tags as calls take them: this program's two and the user's.
std::vector<JsonObject> OwnedTags(std::string_view endpoint, const Texts& more);
// Whether these say that this program made the thing for that endpoint.
bool IsOwned(const std::vector<Tag>& tags, std::string_view endpoint);

}  // namespace tenon::sagemaker_tool
