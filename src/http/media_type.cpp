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

// What parameters say of q, in thousandths.
int QualityOf(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    std::string_view parameter = NextPart(parameters, ';');
    if (parameter.size() < 3 || Lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    parameter.remove_prefix(2);
    if (parameter[0] != '0') return 1000;
    int quality = 0;
    int place = 100;
    for (const char c : parameter.substr(std::min<std::size_t>(2, parameter.size()))) {
      if (c < '0' || c > '9') break;
      quality += (c - '0') * place;
      place /= 10;
    }
    return quality;
  }
  return 1000;
}

// How much an Accept header wants a type, and how exactly it names it.
struct Wish {
  int quality = 0;
  int specificity = 0;
};

Wish WishFor(std::string_view accept, std::string_view produced) noexcept {
  Wish wish;
  while (!accept.empty()) {
    std::string_view entry = NextPart(accept, ',');
    const std::string_view range = NextPart(entry, ';');
    const int specificity = Specificity(range, produced);
    if (specificity <= wish.specificity) continue;
    wish = {.quality = QualityOf(entry), .specificity = specificity};
  }
  return wish;
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
  return accept.empty() || WishFor(accept, produced).quality > 0;
}

std::optional<std::size_t> ChooseAccepted(std::string_view accept,
                                          std::span<const std::string_view> produced) noexcept {
  accept = Trim(accept);
  if (accept.empty() && !produced.empty()) return 0;
  std::optional<std::size_t> chosen;
  Wish best;
  for (std::size_t i = 0; i < produced.size(); ++i) {
    const Wish wish = WishFor(accept, produced[i]);
    if (wish.quality == 0) continue;
    const bool is_better = wish.quality != best.quality ? wish.quality > best.quality
                                                        : wish.specificity > best.specificity;
    if (chosen && !is_better) continue;
    chosen = i;
    best = wish;
  }
  return chosen;
}

std::string_view ParameterOf(std::string_view value, std::string_view name) noexcept {
  while (!value.empty()) {
    std::string_view entry = NextPart(value, ',');
    while (!entry.empty()) {
      std::string_view parameter = NextPart(entry, ';');
      const std::string_view key = NextPart(parameter, '=');
      if (!Equal(key, name)) continue;
      parameter = Trim(parameter);
      if (parameter.size() > 1 && parameter.front() == '"' && parameter.back() == '"') {
        parameter = parameter.substr(1, parameter.size() - 2);
      }
      return parameter;
    }
  }
  return {};
}

}  // namespace tenon::http
