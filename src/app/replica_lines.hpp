// SPDX-License-Identifier: Apache-2.0
#pragma once

// The lines between a replica and whoever started it, on the replica's side.

#include <optional>
#include <string>

#include "engine/process/replica_spec.hpp"

namespace tenon::app {

// Thread safety: confined to one thread.
class ReplicaLines {
 public:
  // Owns the descriptor, which no further program inherits.
  explicit ReplicaLines(int fd);
  ~ReplicaLines();
  ReplicaLines(const ReplicaLines&) = delete;
  ReplicaLines& operator=(const ReplicaLines&) = delete;

  int Fd() const noexcept { return fd_; }
  // The next line, waited for; nothing when the other end has closed.
  std::optional<std::string> Wait();
  // The next line, where one has come.
  std::optional<std::string> Next();
  bool IsOver() const noexcept { return is_over_; }
  void Say(const engine::ReplicaReport& report);

 private:
  std::optional<std::string> TakeLine();
  void Receive(int flags);

  const int fd_;
  bool is_over_ = false;
  std::string text_;
};

}  // namespace tenon::app
