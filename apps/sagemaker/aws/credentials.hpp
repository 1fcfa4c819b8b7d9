// SPDX-License-Identifier: Apache-2.0
#pragma once

// What requests are signed with.

#include <chrono>
#include <optional>
#include <string>

#include "tenon/schema/secret.hpp"

namespace tenon::aws {

using WallTime = std::chrono::system_clock::time_point;

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;             // Empty for long-lived keys.
  std::optional<WallTime> expires;  // Never, where there is none.
  std::string source;               // For people: "profile 'dev' (role ...)".
};

// Credentials are renewed this long before they expire, so that a call never meets the end.
inline constexpr std::chrono::minutes kRenewBefore{5};

}  // namespace tenon::aws
