// SPDX-License-Identifier: Apache-2.0
#pragma once

// What steps cannot say: time, load, signals, processes. Named, so that a case can ask for it.

#include <cstdint>
#include <span>
#include <string_view>

#include "session.hpp"

namespace tenon::check {

// When a behaviour is checked. Each phase leaves the container as the next one needs it.
enum class Phase : std::uint8_t {
  kServing,   // While it serves, beside all cases with steps.
  kStopping,  // Ends it.
  kAgain,     // Starts others, after it has ended.
};

struct Behaviour {
  std::string_view name;
  Phase phase;
  Outcome (*check)(Session& session);
};

// Of each file beside this one.
std::span<const Behaviour> StartBehaviours();
std::span<const Behaviour> LoadBehaviours();
std::span<const Behaviour> StopBehaviours();
std::span<const Behaviour> EnvironmentBehaviours();

// Null where there is none of that name.
const Behaviour* FindBehaviour(std::string_view name);
Phase PhaseOf(const Case& checked);

}  // namespace tenon::check
