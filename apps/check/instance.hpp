// SPDX-License-Identifier: Apache-2.0
#pragma once

// A container that this program starts, the way SageMaker would.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "options.hpp"
#include "process.hpp"

namespace tenon::check {

// In what one start differs from a plain one.
struct Variation {
  std::optional<std::uint16_t> port;  // Told by SAGEMAKER_BIND_TO_PORT; absent: 8080, or --port.
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<unsigned> user;
};

// The words and variables of a start: `COMMAND serve`, or an engine's client around the image.
// `name` is the container's.
Launch PlanLaunch(const Options& options, const Variation& variation, const std::string& name);

// What was seen from the start to the first 200 on /ping.
struct Startup {
  double connected_s = 0;             // To the first connection that was taken.
  double ready_s = 0;                 // To the first 200.
  std::optional<int> unready_status;  // Of a ping before it.
};

// Ends with its lifetime.
class Instance {
 public:
  // Waits for 200 on /ping. Errors: kUnavailable, with the last lines that the container wrote.
  static Result<Instance> Start(const Options& options, const Variation& variation = {});
  const Address& Where() const { return address_; }
  const Startup& Seen() const { return startup_; }
  Process& Container() { return process_; }

 private:
  Instance(Process process, Address address)
      : process_(std::move(process)), address_(std::move(address)) {}
  Result<> AwaitReady(double timeout_s);

  Process process_;
  Address address_;
  Startup startup_;
};

// A port of this machine that nobody listens on now; 0 when it has none left.
std::uint16_t FreePort();

// The last lines of a text.
std::string LastLines(const std::string& text, std::size_t lines);

}  // namespace tenon::check
