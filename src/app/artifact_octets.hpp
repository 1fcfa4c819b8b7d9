// SPDX-License-Identifier: Apache-2.0
#pragma once

// `octet_stream` of a `tenon.yaml`: what a body of bare bytes is.

#include <optional>
#include <string_view>

#include "app/config_node.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_content.hpp"

namespace tenon::app {

// Errors: kInvalid with file and line, for keys and types that are not known and for what is no
// shape.
Result<> ReadOctets(const ConfigNode& node, std::string_view file,
                    std::optional<runtime::OctetShape>& out);

}  // namespace tenon::app
