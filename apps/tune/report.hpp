// SPDX-License-Identifier: Apache-2.0
#pragma once

// What batching has learned and does, for people.

#include <span>
#include <string>

#include "reading.hpp"

namespace tenon::tune {

// "84 µs", "1.25 ms", "3 s".
std::string TimeText(double seconds);

// With bars of block characters, at most 100 columns wide.
std::string ToText(std::span<const BatchFunction> functions);

}  // namespace tenon::tune
