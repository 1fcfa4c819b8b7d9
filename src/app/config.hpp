// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a configuration's tree means.

#include <string>
#include <string_view>

#include "app/config_node.hpp"
#include "tenon/app/config.hpp"

namespace tenon::app {

// Errors: as of ReadConfig, for a tree that was read from `file`.
TENON_EXPORT Result<ServerConfig> ReadConfigNode(const ConfigNode& root, std::string_view file);

// As it is where every reader takes it for a text, else in quotes; JSON's are YAML's.
TENON_EXPORT std::string YamlScalar(std::string_view text);

}  // namespace tenon::app
