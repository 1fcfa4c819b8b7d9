// SPDX-License-Identifier: Apache-2.0
#pragma once

// Points in time as AWS writes them.

#include <optional>
#include <string>
#include <string_view>

#include "aws/credentials.hpp"

namespace tenon::aws {

// "20261125T014752Z".
std::string CompactTime(WallTime time);
// "2026-11-25 01:47:52", UTC.
std::string ReadableTime(WallTime time);

// "2026-11-25T01:47:52Z", with a fraction, with "UTC" or an offset in the place of Z. Nothing for
// any other text.
std::optional<WallTime> ParseTime(std::string_view text);

// What JSON answers carry: seconds since 1970.
WallTime FromEpochSeconds(double seconds);

}  // namespace tenon::aws
