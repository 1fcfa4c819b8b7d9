// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a process that serves one replica is told, and what it says: lines of JSON over one
// descriptor, whose other end only its parent holds. When that end closes, the replica ends.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tenon/serving/deployment_options.hpp"

namespace tenon::engine {

struct PeerEntry {
  std::string address;
  bool is_local = true;

  bool operator==(const PeerEntry&) const = default;
};

// Where the replicas of a deployment are.
struct PeerTable {
  std::string deployment;
  std::vector<PeerEntry> replicas;
  // Why there is none, and none to be waited for.
  std::optional<std::string> unavailable = {};
};

struct ReplicaArgument {
  std::string key;
  std::string value;
};

// A variable that the front's settings looked at; nothing: it was not set.
struct ReplicaVariable {
  std::string name;
  std::optional<std::string> value;
};

// How an application is built again, as its front has built it.
struct ApplicationSpec {
  std::string target;  // "module:name".
  std::string application_name;
  std::vector<std::string> folders;
  std::vector<ReplicaArgument> arguments;
  std::vector<DeploymentOverride> overrides;
  std::vector<ReplicaVariable> variables;
};

// The first line to the replica.
struct ReplicaSpec {
  ApplicationSpec application;
  std::string deployment;
  std::string replica;  // Its name in logs: "Classifier#0".
  std::string listen;   // An address as of address.hpp.
  std::string secret;
  std::uint64_t max_payload = 25U << 20U;
  std::uint64_t threads = 1;
  std::string log_format = "text";
  std::string log_level = "info";
  std::vector<PeerTable> peers;
};

// Every later line to it.
struct ReplicaOrder {
  std::vector<PeerTable> peers;  // Those that have changed.
  bool stop = false;             // Answer what is under way and end.
};

// A line from it.
struct ReplicaReport {
  std::optional<std::string> ready;   // The address that it listens at.
  std::optional<std::string> failed;  // Why it does not start.
};

}  // namespace tenon::engine
