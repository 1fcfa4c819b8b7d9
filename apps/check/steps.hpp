// SPDX-License-Identifier: Apache-2.0
#pragma once

// Carries out the steps of a case against a container.

#include <span>

#include "case.hpp"
#include "session.hpp"

namespace tenon::check {

// Values that the steps capture are forgotten at the end.
Outcome RunSteps(std::span<const Step> steps, const Session& session);

}  // namespace tenon::check
