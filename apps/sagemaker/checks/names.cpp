// SPDX-License-Identifier: Apache-2.0
#include "checks/names.hpp"

#include <algorithm>
#include <array>

#include "aws/s3.hpp"
#include "checks/usage_error.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr std::size_t kLongestName = 63;
constexpr std::size_t kLongestImage = 255;
constexpr std::size_t kLongestUri = 1024;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

aws::S3Location S3Uri(std::string_view flag, std::string_view uri) {
  const auto location = aws::ParseS3Uri(uri);
  if (!location) {
    Refuse(flag, uri, "it takes s3://BUCKET/KEY, the bucket's name in lower case.");
  }
  if (uri.size() > kLongestUri) Refuse(flag, uri, "it may have 1,024 characters.");
  return *location;
}

// The parts of "ml.FAMILY.SIZE"; empty for any other text.
std::pair<std::string_view, std::string_view> InstanceParts(std::string_view type) {
  if (!type.starts_with("ml.")) return {};
  type.remove_prefix(3);
  const std::size_t dot = type.find('.');
  if (dot == std::string_view::npos) return {};
  return {type.substr(0, dot), type.substr(dot + 1)};
}

bool IsInstanceSize(std::string_view size) {
  if (size == "medium" || size == "small" || size.starts_with("metal")) return true;
  while (!size.empty() && IsDigit(size[0])) size.remove_prefix(1);
  return size == "xlarge" || size == "large";
}

}  // namespace

void CheckName(std::string_view flag, std::string_view name) {
  const auto fits = [](char c) { return IsLetter(c) || IsDigit(c) || c == '-'; };
  if (name.empty() || name.size() > kLongestName || !std::all_of(name.begin(), name.end(), fits) ||
      name.front() == '-' || name.back() == '-') {
    Refuse(flag, name,
           "a name has 1 to 63 letters, digits and hyphens, and no hyphen at its ends (this has " +
               std::to_string(name.size()) + ").");
  }
}

void CheckImageUri(std::string_view flag, std::string_view uri) {
  if (uri.size() > kLongestImage) {
    Refuse(
        flag, uri,
        "an image URI has at most 255 characters (this has " + std::to_string(uri.size()) + ").");
  }
  const std::size_t slash = uri.find('/');
  const auto fits = [](char c) { return c > ' ' && c <= '~'; };
  const bool has_shape = slash != std::string_view::npos && slash > 0 &&
                         uri.substr(0, slash).find('.') != std::string_view::npos &&
                         uri.find("://") == std::string_view::npos &&
                         std::all_of(uri.begin(), uri.end(), fits);
  const std::string_view rest = has_shape ? uri.substr(slash + 1) : std::string_view();
  const std::size_t mark = rest.find_first_of(":@");
  if (!has_shape || mark == std::string_view::npos || mark == 0 || mark + 1 == rest.size()) {
    Refuse(flag, uri, "it takes REGISTRY/REPOSITORY:TAG or REGISTRY/REPOSITORY@sha256:DIGEST.");
  }
}

void CheckModelDataUri(std::string_view flag, std::string_view uri) {
  const aws::S3Location location = S3Uri(flag, uri);
  if (!location.key.ends_with(".tar.gz") && !location.key.ends_with('/')) {
    Refuse(flag, uri,
           "it takes one s3://.../model.tar.gz, or an uncompressed folder that ends with '/'.");
  }
}

void CheckS3Prefix(std::string_view flag, std::string_view uri) { S3Uri(flag, uri); }

void CheckInstanceType(std::string_view flag, std::string_view type) {
  const auto [family, size] = InstanceParts(type);
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-'; };
  if (family.empty() || !std::all_of(family.begin(), family.end(), fits) || !IsInstanceSize(size)) {
    Refuse(flag, type, "it takes ml.FAMILY.SIZE, as ml.m5.large.");
  }
}

bool IsKnownInstanceFamily(std::string_view type) {
  constexpr std::array<std::string_view, 46> kFamilies = {
      "t2",  "m4",  "m5",   "m5d",  "m6g",  "m6gd", "m6i",  "m6id", "m7i",  "m7g", "m8g", "c4",
      "c5",  "c5d", "c6g",  "c6gd", "c6gn", "c6i",  "c6id", "c6in", "c7g",  "c7i", "c8g", "r5",
      "r5d", "r6g", "r6gd", "r6i",  "r6id", "r7i",  "r8g",  "g4dn", "g5",   "g6",  "g6e", "gr6",
      "p2",  "p3",  "p4d",  "p4de", "p5",   "p5e",  "p5en", "inf1", "inf2", "trn1"};
  const auto family = InstanceParts(type).first;
  return std::find(kFamilies.begin(), kFamilies.end(), family) != kFamilies.end();
}

void CheckLength(std::string_view flag, std::string_view text, std::size_t longest) {
  if (text.size() > longest) {
    Refuse(flag, text,
           "it may have " + std::to_string(longest) + " characters (this has " +
               std::to_string(text.size()) + ").");
  }
}

void CheckHeaderText(std::string_view flag, std::string_view text, std::size_t longest) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsPrintable)) {
    Refuse(flag, text, "it takes printable ASCII.");
  }
  CheckLength(flag, text, longest);
}

Texts ParsePairs(std::string_view flag, const std::vector<std::string>& pairs) {
  Texts texts;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) Refuse(flag, pair, "it takes KEY=VALUE.");
    const std::string key = pair.substr(0, equals);
    if (!texts.emplace(key, pair.substr(equals + 1)).second) {
      Refuse(flag, key, "this key is given twice.");
    }
  }
  return texts;
}

void CheckEnvironment(std::string_view flag, const Texts& environment) {
  constexpr std::size_t kMaxEntries = 100;
  constexpr std::size_t kLongest = 1024;
  constexpr std::size_t kLongestTogether = 32'768;
  if (environment.size() > kMaxEntries) {
    throw UsageError(std::string(flag) + " is given " + std::to_string(environment.size()) +
                     " times: a container takes 100 environment variables.");
  }
  std::size_t together = 0;
  for (const auto& [key, value] : environment) {
    const auto fits = [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; };
    if (IsDigit(key[0]) || !std::all_of(key.begin(), key.end(), fits)) {
      Refuse(flag, key, "a variable's name has letters, digits and '_', and no digit in front.");
    }
    if (key.size() > kLongest) Refuse(flag, key, "a variable's name may have 1,024 bytes.");
    // The value itself may be a secret.
    if (value.size() > kLongest) {
      throw UsageError(std::string(flag) + " " + key + " has a value of " +
                       std::to_string(value.size()) + " bytes: it may have 1,024.");
    }
    together += key.size() + value.size();
  }
  if (together > kLongestTogether) {
    throw UsageError(std::string(flag) + ": all variables have " + std::to_string(together) +
                     " bytes together: they may have 32 KB (32,768).");
  }
}

void CheckTags(std::string_view flag, const Texts& tags) {
  constexpr std::size_t kMaxTags = 48;
  if (tags.size() > kMaxTags) {
    throw UsageError(std::string(flag) + " is given " + std::to_string(tags.size()) +
                     " times: 48 are possible beside the two that this program sets.");
  }
  for (const auto& [key, value] : tags) {
    CheckLength(flag, key, 128);
    CheckLength(flag, value, 256);
    if (key.starts_with("aws:") || key.starts_with("tenon:")) {
      Refuse(flag, key, "keys that begin with aws: or tenon: are taken.");
    }
  }
}

}  // namespace tenon::sagemaker_tool
