// SPDX-License-Identifier: Apache-2.0
#pragma once

// The steps of a `tenon.yaml`: a list of names, each alone or with keys of its own.

#include <string_view>
#include <vector>

#include "app/config_node.hpp"
#include "runtime/steps/step.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// Errors: as ReadArtifactConfig.
Result<> ReadPreprocess(const ConfigNode& node, std::string_view file,
                        std::vector<runtime::steps::Step>& out);
Result<> ReadPostprocess(const ConfigNode& node, std::string_view file,
                         std::vector<runtime::steps::Step>& out);

}  // namespace tenon::app
