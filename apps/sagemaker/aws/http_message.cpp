// SPDX-License-Identifier: Apache-2.0
#include "aws/http_message.hpp"

#include <strings.h>

#include <algorithm>

#include "aws/uri.hpp"

namespace tenon::aws {

void HttpRequest::SetHeader(std::string_view name, std::string value) {
  for (auto& [key, old] : headers) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      old = std::move(value);
      return;
    }
  }
  headers.emplace_back(name, std::move(value));
}

std::string HttpRequest::QueryText() const {
  std::vector<std::pair<std::string, std::string>> encoded;
  encoded.reserve(query.size());
  for (const auto& [key, value] : query) {
    encoded.emplace_back(EncodeComponent(key), EncodeComponent(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [key, value] : encoded) {
    if (!text.empty()) text += '&';
    text.append(key).append("=").append(value);
  }
  return text;
}

std::string HttpRequest::UrlText() const {
  const std::string text = QueryText();
  return scheme + "://" + host + path + (text.empty() ? "" : "?" + text);
}

std::string_view HttpResponse::Header(std::string_view name) const {
  const auto it = std::find_if(headers.begin(), headers.end(),
                               [name](const auto& header) { return header.first == name; });
  return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

}  // namespace tenon::aws
