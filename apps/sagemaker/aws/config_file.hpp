// SPDX-License-Identifier: Apache-2.0
#pragma once

// ~/.aws/config and ~/.aws/credentials.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tenon::aws {

// One section. Indented lines under `s3 =` are kept as "s3.key".
using Section = std::map<std::string, std::string>;

// Sections by their heading: "profile dev", "sso-session corp", "default".
// Errors: throws Failure, with the line, for what is neither heading, property nor comment.
std::map<std::string, Section> ParseConfigFile(std::string_view text, std::string_view file_name);

// Both files as one.
class ConfigFiles {
 public:
  ConfigFiles() = default;
  ConfigFiles(std::map<std::string, Section> config, std::map<std::string, Section> credentials);

  // What the files say of a profile; the credentials file wins. Nothing where neither names it.
  std::optional<Section> Profile(const std::string& name) const;
  // Whether the credentials file itself gives a profile this key.
  bool CredentialsFileHas(const std::string& profile, const std::string& key) const;
  // A section of the config file: ("sso-session", "corp").
  std::optional<Section> Other(std::string_view kind, const std::string& name) const;

 private:
  std::map<std::string, Section> config_;
  std::map<std::string, Section> credentials_;
};

// The value of a key; nothing where it is absent or empty.
std::optional<std::string> ValueOf(const Section& section, const std::string& key);

}  // namespace tenon::aws
