// SPDX-License-Identifier: Apache-2.0
#pragma once

// AWS's rules for names and values, checked before anything is called. Each function throws
// UsageError that names the flag, the value and the rule.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::sagemaker_tool {

// Endpoints, package groups, container names: 1 to 63 letters, digits and inner hyphens.
void CheckName(std::string_view flag, std::string_view name);
// ECR or any registry: host/repository with :tag or @digest.
void CheckImageUri(std::string_view flag, std::string_view uri);
// s3://bucket/... to one .tar.gz, or to a prefix that ends with '/'.
void CheckModelDataUri(std::string_view flag, std::string_view uri);
void CheckS3Prefix(std::string_view flag, std::string_view uri);
// "ml.FAMILY.SIZE".
void CheckInstanceType(std::string_view flag, std::string_view type);
// Whether the family is one that was known when this was written.
bool IsKnownInstanceFamily(std::string_view type);
void CheckLength(std::string_view flag, std::string_view text, std::size_t longest);
// Header values: printable ASCII.
void CheckHeaderText(std::string_view flag, std::string_view text, std::size_t longest);

using Texts = std::map<std::string, std::string>;

// "K=V" each, no key twice.
Texts ParsePairs(std::string_view flag, const std::vector<std::string>& pairs);
// At most 100 entries, keys and values of at most 1,024 bytes, 32 KB together.
void CheckEnvironment(std::string_view flag, const Texts& environment);
// At most 48, for two are this program's own.
void CheckTags(std::string_view flag, const Texts& tags);

}  // namespace tenon::sagemaker_tool
