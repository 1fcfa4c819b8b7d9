// SPDX-License-Identifier: Apache-2.0
#pragma once

// One run of the tool: what is checked, what is known of it, and the verdicts.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "case.hpp"
#include "instance.hpp"
#include "judge.hpp"
#include "options.hpp"
#include "placeholders.hpp"

namespace tenon::check {

enum class Verdict : std::uint8_t { pass, fail, warn, skipped };

// What checking one case gave, before its level is looked at.
struct Outcome {
  enum class Kind : std::uint8_t { kHolds, kFault, kSkipped };
  Kind kind = Kind::kHolds;
  std::string text;

  static Outcome Holds(std::string text = {}) { return {Kind::kHolds, std::move(text)}; }
  static Outcome Fault(std::string text) { return {Kind::kFault, std::move(text)}; }
  static Outcome Skipped(std::string text) { return {Kind::kSkipped, std::move(text)}; }
};

// What was seen between SIGTERM and the end; made once, read by several cases.
struct WayDown {
  std::optional<int> exit_status;
  double seconds = 0;
  std::optional<Received> in_flight;  // Where there is a slow payload.
  Received ping_after;                // Up to a second after the signal.
  bool port_still_open = false;
  std::size_t processes_left = 0;
};

struct Session {
  const Options& options;
  Address address;
  std::optional<Instance> instance;  // Where this program started the container.
  double start_took_s = 0;
  std::optional<std::string> start_failure;  // Why it could not.
  std::optional<Reference> reference;
  Values values;
  std::optional<WayDown> way_down;

  // A reply to GET /ping on a connection of its own, within SageMaker's 2 s.
  Received Ping() const;
  // Sends the payload on a new connection and waits.
  Received Invoke(const std::string& payload, double within_s) const;
  // The bytes of an invocation.
  std::string Invocation(const std::string& payload) const;
};

// Fills in values and, where there is a payload, the reference.
void Prepare(Session& session);

// Why a case cannot be checked here, or nothing.
std::optional<std::string> WhatIsMissing(const Case& checked, const Session& session);

// Runs the steps of a case, or its behaviour.
Outcome Check(const Case& checked, Session& session);

}  // namespace tenon::check
