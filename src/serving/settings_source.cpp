// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>

#include "tenon/serving/settings.hpp"

namespace tenon {

SettingsSource::~SettingsSource() = default;

std::optional<std::string> EnvironmentSettings::Find(std::string_view variable) const {
  const char* value = std::getenv(std::string(variable).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::vector<std::string> EnvironmentSettings::NamesWith(std::string_view prefix) const {
  std::vector<std::string> names;
  if (environ == nullptr) return names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (name.starts_with(prefix)) names.emplace_back(name);
  }
  return names;
}

MapSettings::MapSettings(std::map<std::string, std::string> variables)
    : variables_(std::move(variables)) {}
MapSettings::~MapSettings() = default;

std::optional<std::string> MapSettings::Find(std::string_view variable) const {
  const auto it = variables_.find(std::string(variable));
  if (it == variables_.end()) return std::nullopt;
  return it->second;
}

std::vector<std::string> MapSettings::NamesWith(std::string_view prefix) const {
  std::vector<std::string> names;
  for (auto it = variables_.lower_bound(std::string(prefix));
       it != variables_.end() && it->first.starts_with(prefix); ++it) {
    names.push_back(it->first);
  }
  return names;
}

}  // namespace tenon
