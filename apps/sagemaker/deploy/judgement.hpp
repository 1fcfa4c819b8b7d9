// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an endpoint's state means to somebody who waits for it, as pure decisions.

#include <cstdint>
#include <string>
#include <string_view>

namespace tenon::sagemaker_tool {

struct EndpointState {
  std::string_view status;
  std::string_view config;
  std::string_view failure_reason;
};

// What is waited for.
struct Expectation {
  std::string_view config;
  // Before an update: the reason that stood there already, and whether the update was seen to
  // begin.
  std::string_view old_failure_reason = {};
  bool update_was_seen = false;
};

enum class Verdict : std::uint8_t {
  kWait,
  kAlive,       // InService with what was asked for.
  kFailed,      // Failed, or an update that could not even be rolled back.
  kRolledBack,  // InService again, with the old config: an update that failed says no more.
};

Verdict Judge(const EndpointState& state, const Expectation& expectation);

// Whether the status is one of an update under way.
bool IsUpdating(std::string_view status);

// What usually causes such a FailureReason, and what to do; empty for one that is not known.
std::string_view UsualCause(std::string_view failure_reason);
// The same for a line of the container's log.
std::string_view UsualCauseOfLine(std::string_view line);

}  // namespace tenon::sagemaker_tool
