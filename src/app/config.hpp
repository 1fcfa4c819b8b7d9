// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a configuration's tree means.

#include <string_view>

#include "app/config_node.hpp"
#include "tenon/app/config.hpp"

namespace tenon::app {

// Errors: as of ReadConfig, for a tree that was read from `file`.
TENON_EXPORT Result<ServerConfig> ReadConfigNode(const ConfigNode& root, std::string_view file);

}  // namespace tenon::app
