// SPDX-License-Identifier: Apache-2.0
#include "aws/xml.hpp"

#include <utility>

namespace tenon::aws {
namespace {

constexpr std::pair<std::string_view, char> kEntities[] = {
    {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};

std::string Resolved(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    bool found = false;
    for (const auto& [entity, c] : kEntities) {
      if (text.starts_with(entity)) {
        out += c;
        text.remove_prefix(entity.size());
        found = true;
        break;
      }
    }
    if (!found) {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> XmlText(std::string_view xml, std::string_view element) {
  const std::string open = "<" + std::string(element);
  for (std::size_t at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at + 1)) {
    const std::size_t after = at + open.size();
    if (after >= xml.size() || (xml[after] != '>' && xml[after] != ' ')) continue;
    const std::size_t begin = xml.find('>', after);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = xml.find("</" + std::string(element) + ">", begin);
    if (end == std::string_view::npos) return std::nullopt;
    return Resolved(xml.substr(begin + 1, end - begin - 1));
  }
  return std::nullopt;
}

std::string XmlEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    bool escaped = false;
    for (const auto& [entity, plain] : kEntities) {
      if (c == plain) {
        out += entity;
        escaped = true;
      }
    }
    if (!escaped) out += c;
  }
  return out;
}

}  // namespace tenon::aws
