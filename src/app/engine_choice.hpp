// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which engine a server has.

#include <memory>

#include "tenon/app/options.hpp"
#include "tenon/serving/engine.hpp"
#include "tenon/serving/settings.hpp"

namespace tenon::app {

// `settings` fills while the applications are built, before the engine starts; both are referred
// to.
std::unique_ptr<serving::Engine> MakeEngine(const RunOptions& options,
                                            const SettingsReport& settings);

}  // namespace tenon::app
