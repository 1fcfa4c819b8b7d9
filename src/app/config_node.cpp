// SPDX-License-Identifier: Apache-2.0
#include "app/config_node.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "tenon/app/yaml_plugin.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::app {
namespace {

bool IsJsonNumber(std::string_view text) {
  // from_chars also takes "inf" and "nan", and JSON takes neither "1." nor "01".
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return false;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
  if (const auto point = digits.find('.'); point != std::string_view::npos) {
    if (point + 1 == digits.size() || digits[point + 1] < '0' || digits[point + 1] > '9') {
      return false;
    }
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

void WriteJson(const ConfigNode& node, std::string& out) {
  switch (node.kind) {
    case ConfigNode::Kind::kNull: out += "null"; return;
    case ConfigNode::Kind::kQuoted: schema::WriteJsonString(node.text, out); return;
    case ConfigNode::Kind::kPlain:
      if (node.text == "true" || node.text == "false" || IsJsonNumber(node.text)) {
        out += node.text;
      } else {
        schema::WriteJsonString(node.text, out);
      }
      return;
    case ConfigNode::Kind::kList:
      out += '[';
      for (const ConfigNode& item : node.items) {
        if (&item != &node.items.front()) out += ',';
        WriteJson(item, out);
      }
      out += ']';
      return;
    case ConfigNode::Kind::kMap:
      out += '{';
      for (const ConfigEntry& entry : node.entries) {
        if (&entry != &node.entries.front()) out += ',';
        schema::WriteJsonString(entry.key, out);
        out += ':';
        WriteJson(entry.value, out);
      }
      out += '}';
      return;
  }
}

}  // namespace

Error ConfigError(std::string_view file, int line, std::string_view what) {
  return {ErrorCode::kInvalid, fmt::format("{}:{}: {}", file, line, what)};
}

std::string ConfigJson(const ConfigNode& node) {
  std::string text;
  WriteJson(node, text);
  return text;
}

bool ConfigBuilder::Refuse(int line, std::string what) {
  fault_line_ = line;
  fault_ = std::move(what);
  return false;
}

bool ConfigBuilder::AddKey(std::int32_t event, int line, std::string_view text) {
  if (event != kTenonYamlPlain && event != kTenonYamlQuoted) {
    return Refuse(line, "A key is a word.");
  }
  for (const ConfigEntry& known : open_.back()->entries) {
    if (known.key != text) continue;
    return Refuse(line,
                  fmt::format("'{}' is here twice; the first is in line {}.", text, known.line));
  }
  open_.back()->entries.push_back({.key = std::string(text), .line = line, .value = {}});
  has_key_ = true;
  return true;
}

// Where the next value belongs.
ConfigNode& ConfigBuilder::Place(int line) {
  ConfigNode* place = &root_;
  if (!open_.empty()) {
    ConfigNode& parent = *open_.back();
    place = parent.kind == ConfigNode::Kind::kMap ? &parent.entries.back().value
                                                  : &parent.items.emplace_back();
  }
  has_key_ = false;
  place->line = line;
  return *place;
}

bool ConfigBuilder::Add(std::int32_t event, int line, std::string_view text) {
  if (!fault_.empty()) return false;
  if (++nodes_ > kMostNodes) return Refuse(line, "The file is too large, or its aliases are.");
  const bool in_map = !open_.empty() && open_.back()->kind == ConfigNode::Kind::kMap;
  if (event == kTenonYamlEnd) {
    open_.pop_back();
    return true;
  }
  if (in_map && !has_key_) return AddKey(event, line, text);
  ConfigNode& node = Place(line);
  switch (event) {
    case kTenonYamlPlain:
    case kTenonYamlQuoted:
      node.kind = event == kTenonYamlPlain ? ConfigNode::Kind::kPlain : ConfigNode::Kind::kQuoted;
      node.text = text;
      return true;
    case kTenonYamlBeginMap:
    case kTenonYamlBeginList:
      if (open_.size() >= kMostDepth) return Refuse(line, "This is nested too deep.");
      node.kind = event == kTenonYamlBeginMap ? ConfigNode::Kind::kMap : ConfigNode::Kind::kList;
      open_.push_back(&node);
      return true;
    default: return true;
  }
}

Result<ConfigNode> ConfigBuilder::Take(std::string_view file) && {
  if (!fault_.empty()) return ConfigError(file, fault_line_, fault_);
  return std::move(root_);
}

}  // namespace tenon::app
