// SPDX-License-Identifier: Apache-2.0
#include "http/media_type.hpp"

#include <algorithm>
#include <cstddef>

namespace tenon::http {
namespace {

char Lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool Equal(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts what stands before the separator off the front.
std::string_view NextPart(std::string_view& rest, char separator) noexcept {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return Trim(part);
}

// How exactly a range names a type: 3 itself, 2 its group, 1 anything, 0 not.
int Specificity(std::string_view range, std::string_view type) noexcept {
  if (Equal(range, type)) return 3;
  const std::size_t slash = type.find('/');
  if (range.size() == slash + 2 && range.ends_with("/*") &&
      Equal(range.substr(0, slash), type.substr(0, slash))) {
    return 2;
  }
  return range == "*/*" || range == "*" ? 1 : 0;
}

bool HasZeroQuality(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    const std::string_view parameter = NextPart(parameters, ';');
    if (parameter.size() < 3 || Lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

std::string_view EssenceOf(std::string_view content_type) noexcept {
  return NextPart(content_type, ';');
}

bool IsJson(std::string_view content_type) noexcept {
  const std::string_view essence = EssenceOf(content_type);
  if (essence.empty() || Equal(essence, "application/json")) return true;
  constexpr std::string_view kSuffix = "+json";
  return essence.size() > kSuffix.size() &&
         Equal(essence.substr(essence.size() - kSuffix.size()), kSuffix);
}

bool Accepts(std::string_view accept, std::string_view produced) noexcept {
  accept = Trim(accept);
  if (accept.empty()) return true;
  int best = 0;
  bool allowed = false;
  while (!accept.empty()) {
    std::string_view entry = NextPart(accept, ',');
    const std::string_view range = NextPart(entry, ';');
    const int specificity = Specificity(range, produced);
    if (specificity <= best) continue;
    best = specificity;
    allowed = !HasZeroQuality(entry);
  }
  return allowed;
}

}  // namespace tenon::http
