// SPDX-License-Identifier: Apache-2.0
#pragma once

// Opening the shared library of a runtime.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tenon/base/result.hpp"
#include "tenon/runtime/plugin.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime {

// What keeps a plug-in with this header from being used by this build; nothing where it fits.
std::optional<std::string> Mismatch(const PluginHeader& found);

// Opens the plug-in for the rest of the process, checks its header, and makes its runtime.
// Errors: kInternal where it cannot be opened or does not fit, else what the plug-in reports.
Result<std::unique_ptr<Runtime>> OpenPlugin(const std::filesystem::path& file);

}  // namespace tenon::runtime
