// SPDX-License-Identifier: Apache-2.0
#include "aws/uri.hpp"

namespace tenon::aws {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void AppendEncoded(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

std::string EncodeComponent(std::string_view text) {
  std::string out;
  for (const char c : text) IsUnreserved(c) ? out += c : (AppendEncoded(c, out), out);
  return out;
}

std::string EncodePath(std::string_view text) {
  std::string out;
  for (const char c : text) IsUnreserved(c) || c == '/' ? out += c : (AppendEncoded(c, out), out);
  return out;
}

std::optional<Url> ParseUrl(std::string_view text) {
  Url url;
  for (const std::string_view scheme : {"http", "https"}) {
    const std::string prefix = std::string(scheme) + "://";
    if (text.starts_with(prefix)) {
      url.scheme = scheme;
      text.remove_prefix(prefix.size());
      break;
    }
  }
  if (url.scheme.empty()) return std::nullopt;
  text = text.substr(0, text.find_first_of("?#"));
  const std::size_t slash = text.find('/');
  url.host = text.substr(0, slash);
  if (url.host.empty() || url.host.find_first_of(" @\t\r\n") != std::string::npos) {
    return std::nullopt;
  }
  if (slash != std::string_view::npos) url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  return url;
}

}  // namespace tenon::aws
