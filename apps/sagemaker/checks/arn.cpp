// SPDX-License-Identifier: Apache-2.0
#include "checks/arn.hpp"

#include <algorithm>
#include <array>

#include "checks/usage_error.hpp"

namespace tenon::sagemaker_tool {
namespace {

bool AreDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsRoleName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+=,.@_-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

std::optional<Arn> ParseArn(std::string_view text) {
  std::array<std::string, 6> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t colon = i + 1 < parts.size() ? text.find(':') : std::string_view::npos;
    parts[i] = text.substr(0, colon);
    if (colon == std::string_view::npos) {
      text = {};
    } else {
      text.remove_prefix(colon + 1);
    }
  }
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2].empty() || parts[5].empty()) {
    return std::nullopt;
  }
  return Arn{.partition = parts[1],
             .service = parts[2],
             .region = parts[3],
             .account = parts[4],
             .resource = parts[5]};
}

PackageArn CheckPackageArn(std::string_view flag, std::string_view text) {
  constexpr std::string_view kKind = "model-package/";
  const auto arn = ParseArn(text);
  const std::string_view resource = arn ? std::string_view(arn->resource) : std::string_view();
  const std::string_view name =
      resource.starts_with(kKind) ? resource.substr(kKind.size()) : std::string_view();
  const std::size_t slash = name.find('/');
  if (!arn || arn->service != "sagemaker" || arn->region.empty() || arn->account.size() != 12 ||
      !AreDigits(arn->account) || slash == std::string_view::npos || slash == 0 ||
      !AreDigits(name.substr(slash + 1))) {
    Refuse(flag, text,
           "it takes arn:aws:sagemaker:REGION:ACCOUNT:model-package/GROUP/VERSION, as "
           "register-model prints it.");
  }
  return {.text = std::string(text), .arn = *arn};
}

Role CheckRole(std::string_view flag, std::string_view text) {
  constexpr std::string_view kKind = "role/";
  const auto arn = ParseArn(text);
  if (!arn && IsRoleName(text)) return {.name = std::string(text), .arn = ""};
  const std::string_view path =
      arn && arn->resource.starts_with(kKind) ? std::string_view(arn->resource) : "";
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (!arn || arn->service != "iam" || arn->account.size() != 12 || !AreDigits(arn->account) ||
      !IsRoleName(name)) {
    Refuse(flag, text, "it takes a role's name or arn:aws:iam::ACCOUNT:role/NAME.");
  }
  return {.name = std::string(name), .arn = std::string(text)};
}

}  // namespace tenon::sagemaker_tool
