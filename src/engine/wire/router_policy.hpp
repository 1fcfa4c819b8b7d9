// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which replica takes a call: a pure decision.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tenon::engine {

struct RouteCandidate {
  std::size_t in_flight = 0;  // Of this process, over all its loops.
  bool is_usable = false;     // Connected, heard of lately, and takes calls.
  bool is_local = false;      // On this machine.
};

// The index of the better one of two, drawn at random by `random`; of those on this machine while
// one of the two drawn there has fewer than `limit` calls. Nothing where none is usable.
std::optional<std::size_t> ChooseReplica(std::span<const RouteCandidate> candidates,
                                         std::size_t limit, std::uint64_t random) noexcept;

// How long to wait before a connection is tried again, after so many failures in a row: 20 ms,
// doubling, at most a second.
std::uint64_t ReconnectPauseMs(std::size_t failures) noexcept;

}  // namespace tenon::engine
