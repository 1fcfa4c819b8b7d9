// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a replica listens: "unix:/folder/name" or "10.0.0.7:4711".

#include <string>
#include <string_view>

#include "tenon/base/result.hpp"

namespace tenon::engine {

// A socket that listens there, without blocking; port 0 takes any free one. An old Unix socket of
// that name is replaced. Errors: kInvalid for what is no address; kUnavailable, with the reason.
Result<int> ListenAt(std::string_view address);
// The address that others connect to: what was asked for, with the port that it got.
std::string BoundAddress(int fd, std::string_view asked);
// A socket that connects, or has connected, without blocking. Errors: as above.
Result<int> ConnectTo(std::string_view address);

}  // namespace tenon::engine
