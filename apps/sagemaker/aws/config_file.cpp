// SPDX-License-Identifier: Apache-2.0
#include "aws/config_file.hpp"

#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// A '#' or ';' after a space begins a comment.
std::string_view WithoutComment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && (text[i - 1] == ' ' || text[i - 1] == '\t')) {
      return text.substr(0, i);
    }
  }
  return text;
}

// "profile   dev" and "profile 'dev'" mean "profile dev".
std::string Heading(std::string_view text) {
  const std::size_t space = text.find_first_of(" \t");
  if (space == std::string_view::npos) return std::string(text);
  std::string_view name = Trim(text.substr(space));
  if (name.size() >= 2 && (name[0] == '"' || name[0] == '\'') && name.back() == name[0]) {
    name = name.substr(1, name.size() - 2);
  }
  return std::string(text.substr(0, space)) + " " + std::string(name);
}

}  // namespace

std::map<std::string, Section> ParseConfigFile(std::string_view text, std::string_view file_name) {
  std::map<std::string, Section> sections;
  Section* section = nullptr;
  std::string parent;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    const std::string_view content = Trim(line);
    if (content.empty() || content[0] == '#' || content[0] == ';') continue;
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (!indented && content[0] == '[') {
      const std::size_t close = content.find(']');
      if (close != std::string_view::npos) {
        section = &sections[Heading(Trim(content.substr(1, close - 1)))];
        parent.clear();
        continue;
      }
    }
    const std::size_t equals = content.find('=');
    if (section == nullptr || (equals == std::string_view::npos && !indented)) {
      throw Failure(std::string(file_name) + ", line " + std::to_string(number) +
                    ": expected [section] or key = value.");
    }
    if (equals == std::string_view::npos) continue;  // More of a value that is no list of ours.
    const std::string key(Trim(content.substr(0, equals)));
    const std::string value(Trim(WithoutComment(content.substr(equals + 1))));
    if (indented && !parent.empty()) {
      std::string nested = parent;
      nested.append(".").append(key);
      (*section)[nested] = value;
    } else {
      (*section)[key] = value;
      parent = key;
    }
  }
  return sections;
}

ConfigFiles::ConfigFiles(std::map<std::string, Section> config,
                         std::map<std::string, Section> credentials)
    : config_(std::move(config)), credentials_(std::move(credentials)) {}

std::optional<Section> ConfigFiles::Profile(const std::string& name) const {
  auto from_config = config_.find("profile " + name);
  if (from_config == config_.end() && name == "default") from_config = config_.find(name);
  const auto from_credentials = credentials_.find(name);
  if (from_config == config_.end() && from_credentials == credentials_.end()) return std::nullopt;
  Section section;
  if (from_credentials != credentials_.end()) section = from_credentials->second;
  if (from_config != config_.end()) {
    section.insert(from_config->second.begin(), from_config->second.end());
  }
  return section;
}

bool ConfigFiles::CredentialsFileHas(const std::string& profile, const std::string& key) const {
  const auto it = credentials_.find(profile);
  return it != credentials_.end() && it->second.contains(key);
}

std::optional<Section> ConfigFiles::Other(std::string_view kind, const std::string& name) const {
  const auto it = config_.find(std::string(kind) + " " + name);
  return it == config_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<std::string> ValueOf(const Section& section, const std::string& key) {
  const auto it = section.find(key);
  return it == section.end() || it->second.empty() ? std::nullopt : std::optional(it->second);
}

}  // namespace tenon::aws
