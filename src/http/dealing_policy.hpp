// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which loop gets a new connection, as a pure decision.

#include <cstddef>
#include <optional>
#include <span>

namespace tenon::http {

struct LoopLoad {
  std::size_t connections = 0;
  bool is_stuck = false;  // One callback has held it for longer than it should.
};

// The loop with the fewest connections among those that beat, so that few clients do not end on
// one; equal ones take turns, beginning behind `last`. Nothing when every loop is stuck.
std::optional<std::size_t> ChooseLoop(std::span<const LoopLoad> loops, std::size_t last) noexcept;

}  // namespace tenon::http
