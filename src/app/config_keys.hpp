// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads a map of a YAML file key by key. What is wrong is said with file and line, a key that is
// not known with the nearest one that is.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_node.hpp"
#include "tenon/base/duration_text.hpp"
#include "tenon/base/nearest_name.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app::config_keys {

// A key of a map and what it does to a T. Null: Ray Serve has the key, and Tenon nothing like it.
template <class T>
struct Key {
  std::string_view name;
  Result<> (*read)(const ConfigNode& node, std::string_view file, T& out);
};

// What a value must be instead. Errors: kInvalid, always.
Result<> Refuse(const ConfigNode& node, std::string_view file, std::string_view key,
                std::string_view allowed);

template <class T>
Error UnknownKey(const ConfigEntry& entry, std::string_view file, std::string_view what,
                 std::span<const Key<T>> keys) {
  std::vector<std::string> names;
  for (const Key<T>& key : keys) {
    if (key.read != nullptr) names.emplace_back(key.name);
  }
  return ConfigError(
      file, entry.line,
      fmt::format("There is no key '{}' in {}.{}", entry.key, what, DidYouMean(entry.key, names)));
}

template <class T>
Result<> ReadMap(const ConfigNode& node, std::string_view file, std::string_view what,
                 std::span<const Key<T>> keys, T& out) {
  if (node.kind != ConfigNode::Kind::kMap) {
    return ConfigError(file, node.line, fmt::format("Here stands {}: keys with values.", what));
  }
  for (const ConfigEntry& entry : node.entries) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const Key<T>& known) { return known.name == entry.key; });
    if (key == keys.end()) return UnknownKey(entry, file, what, keys);
    if (key->read == nullptr) {
      return ConfigError(file, entry.line,
                         fmt::format("'{}' is Ray Serve's, and Tenon has nothing like it. Remove "
                                     "it.",
                                     entry.key));
    }
    if (auto read = key->read(entry.value, file, out); !read) return read;
  }
  return {};
}

template <class T>
Result<> ReadList(const ConfigNode& node, std::string_view file, std::string_view key,
                  Result<T> (*read)(const ConfigNode& node, std::string_view file),
                  std::vector<T>& out) {
  if (node.kind == ConfigNode::Kind::kNull) return {};
  if (node.kind != ConfigNode::Kind::kList) return Refuse(node, file, key, "a list");
  for (const ConfigNode& item : node.items) {
    auto value = read(item, file);
    if (!value) return std::move(value).Error();
    out.push_back(*std::move(value));
  }
  return {};
}

Result<> ReadText(const ConfigNode& node, std::string_view file, std::string_view key,
                  std::string& out);
// Any finite number.
Result<> ReadReal(const ConfigNode& node, std::string_view file, std::string_view key, double& out);
// At least one.
Result<> ReadTexts(const ConfigNode& node, std::string_view file, std::string_view key,
                   std::vector<std::string>& out);

template <class Number>
Result<> ReadNumber(const ConfigNode& node, std::string_view file, std::string_view key,
                    Number least, Number most, std::optional<Number>& out) {
  Number number = 0;
  const char* const end = node.text.data() + node.text.size();
  const auto read = std::from_chars(node.text.data(), end, number);
  if (node.kind != ConfigNode::Kind::kPlain || read.ec != std::errc() || read.ptr != end ||
      number < least || number > most) {
    return Refuse(node, file, key, fmt::format("a whole number from {} to {}", least, most));
  }
  out = number;
  return {};
}

template <class Number>
Result<> ReadWhole(const ConfigNode& node, std::string_view file, std::string_view key,
                   Number least, Number most, Number& out) {
  std::optional<Number> number;
  auto read = ReadNumber<Number>(node, file, key, least, most, number);
  if (read) out = *number;
  return read;
}

template <class Duration>
Result<> ReadSeconds(const ConfigNode& node, std::string_view file, std::string_view key,
                     std::optional<Duration>& out) {
  constexpr long double kMost = 86'400;
  const auto seconds = ParseSeconds(node.text);
  if (node.kind != ConfigNode::Kind::kPlain || !seconds || *seconds < 0 || *seconds > kMost) {
    return Refuse(node, file, key, "a number of seconds from 0 to 86400, such as 2.5");
  }
  using Rep = typename Duration::rep;
  constexpr long double kTicks = Duration::period::den;
  out = Duration(static_cast<Rep>(std::llround(*seconds * kTicks)));
  return {};
}

}  // namespace tenon::app::config_keys
