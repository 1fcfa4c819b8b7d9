// SPDX-License-Identifier: Apache-2.0
#include "aws/failure.hpp"

#include <algorithm>
#include <array>

namespace tenon::aws {
namespace {

template <std::size_t kCount>
bool Among(std::string_view text, const std::array<std::string_view, kCount>& list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

template <std::size_t kCount>
bool Mentions(std::string_view text, const std::array<std::string_view, kCount>& list) {
  return std::any_of(list.begin(), list.end(), [text](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

}  // namespace

bool ServiceError::SaysMissing() const noexcept {
  constexpr std::array<std::string_view, 6> kCodes = {
      "ResourceNotFound", "ResourceNotFoundException", "NoSuchEntity", "NoSuchKey", "NoSuchBucket",
      "NotFound"};
  constexpr std::array<std::string_view, 3> kTexts = {"Could not find", "does not exist",
                                                      "not found"};
  return Among(code_, kCodes) || (code_ == "ValidationException" && Mentions(message_, kTexts));
}

bool ServiceError::SaysExists() const noexcept {
  constexpr std::array<std::string_view, 4> kTexts = {"already exist", "already existing",
                                                      "already in use", "same name"};
  return code_ == "ResourceInUse" || code_ == "ConflictException" ||
         (code_ == "ValidationException" && Mentions(message_, kTexts));
}

bool ServiceError::SaysDenied() const noexcept {
  constexpr std::array<std::string_view, 4> kCodes = {"AccessDenied", "AccessDeniedException",
                                                      "UnauthorizedOperation", "Forbidden"};
  return Among(code_, kCodes);
}

}  // namespace tenon::aws
