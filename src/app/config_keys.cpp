// SPDX-License-Identifier: Apache-2.0
#include "app/config_keys.hpp"

namespace tenon::app::config_keys {

Result<> Refuse(const ConfigNode& node, std::string_view file, std::string_view key,
                std::string_view allowed) {
  return ConfigError(file, node.line,
                     node.IsScalar()
                         ? fmt::format("'{}' says '{}'; it takes {}.", key, node.text, allowed)
                         : fmt::format("'{}' takes {}.", key, allowed));
}

Result<> ReadText(const ConfigNode& node, std::string_view file, std::string_view key,
                  std::string& out) {
  if (!node.IsScalar() || node.text.empty()) return Refuse(node, file, key, "a text");
  out = node.text;
  return {};
}

Result<> ReadReal(const ConfigNode& node, std::string_view file, std::string_view key,
                  double& out) {
  const char* const end = node.text.data() + node.text.size();
  double number = 0;
  const auto read = std::from_chars(node.text.data(), end, number);
  if (node.kind != ConfigNode::Kind::kPlain || read.ec != std::errc() || read.ptr != end ||
      !std::isfinite(number)) {
    return Refuse(node, file, key, "a number");
  }
  out = number;
  return {};
}

Result<> ReadTexts(const ConfigNode& node, std::string_view file, std::string_view key,
                   std::vector<std::string>& out) {
  if (node.kind != ConfigNode::Kind::kList || node.items.empty()) {
    return Refuse(node, file, key, "a list of texts");
  }
  for (const ConfigNode& item : node.items) {
    if (auto read = ReadText(item, file, key, out.emplace_back()); !read) return read;
  }
  return {};
}

}  // namespace tenon::app::config_keys
