// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names and files that a `tenon.yaml` points to: all lie beside it.

#include <string>
#include <string_view>

#include "app/config_node.hpp"
#include "runtime/steps/plan.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// A path below the folder of `file`: what comes with a model must not read other people's files.
TENON_EXPORT Result<> ReadBesideName(const ConfigNode& node, std::string_view file,
                                     std::string_view key, std::string& out);

// A list of labels, or the name of a file with one a line.
// Errors: kInvalid for a file that cannot be read, is empty, too large or no UTF-8, and for an
// empty line, with its number.
TENON_EXPORT Result<> ReadLabels(const ConfigNode& node, std::string_view file,
                                 runtime::steps::Labels& out);

// The labels of a file's text. Errors: as ReadLabels.
TENON_EXPORT Result<std::vector<std::string>> SplitLabels(std::string_view text,
                                                          std::string_view name);

}  // namespace tenon::app
