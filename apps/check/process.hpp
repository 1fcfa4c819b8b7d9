// SPDX-License-Identifier: Apache-2.0
#pragma once

// A command that is started, watched and always ended.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "tenon/base/result.hpp"

namespace tenon::check {

struct Launch {
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::string>> environment;  // Beside that of this process.
  std::optional<unsigned> user;                                  // Runs as this uid and gid.
  // Ends what the command has left with somebody else, such as a container engine. Empty: nothing.
  std::vector<std::string> farewell = {};
};

// Runs in a process group of its own. The whole group is killed when this ends, and also when this
// program is: a guard process, which outlives everything, does it then. The farewell follows.
//
// Thread safety: confined.
class Process {
 public:
  // Errors: kUnavailable when the command cannot be started.
  static Result<Process> Start(const Launch& launch);
  Process(Process&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        guard_(std::exchange(other.guard_, -1)),
        guard_pipe_(std::exchange(other.guard_pipe_, -1)),
        output_(std::exchange(other.output_, -1)),
        status_(other.status_) {}
  Process& operator=(Process&&) = delete;
  ~Process();

  // To the first process only, as a container runtime does.
  void Signal(int signal);
  // Its exit status, or 128 + the signal that ended it. Nothing: it still runs.
  std::optional<int> AwaitEnd(Time until);
  // What it has written to stdout and stderr.
  std::string Output() const;

  // Those of the group that live.
  std::vector<pid_t> Members() const;
  std::size_t ResidentBytes() const;
  std::vector<std::uint16_t> ListeningPorts() const;

 private:
  Process(pid_t pid, pid_t guard, int guard_pipe, int output)
      : pid_(pid), guard_(guard), guard_pipe_(guard_pipe), output_(output) {}

  pid_t pid_;
  pid_t guard_;
  int guard_pipe_;  // Closed without a byte: the guard kills the group.
  int output_;
  std::optional<int> status_;
};

}  // namespace tenon::check
