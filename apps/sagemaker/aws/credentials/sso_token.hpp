// SPDX-License-Identifier: Apache-2.0
#pragma once

// The token that `aws sso login` leaves behind.

#include <optional>
#include <string>

#include "aws/credentials/sources.hpp"

namespace tenon::aws {

// Where a profile's sign-in is.
struct SsoSession {
  std::string cache_key;  // The session's name, or the start URL in older files.
  std::string region;
  std::string login_command;  // "aws sso login --profile dev".
};

// The access token; renewed with the refresh token where it has expired and that is possible.
// Errors: throws Failure that names the login command.
Secret SsoAccessToken(const SourceContext& context, const SsoSession& session);

}  // namespace tenon::aws
