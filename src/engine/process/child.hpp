// SPDX-License-Identifier: Apache-2.0
#pragma once

// A child process that serves a replica, and the lines between it and its parent.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::engine {

// The replica's end of the lines.
inline constexpr int kReplicaControlFd = 3;

// Never outlives this object: the destructor kills it and waits. The child asks the kernel to be
// killed when the thread that started it ends, so that thread lives as long as the child should.
// Thread safety: thread-compatible.
class Child {
 public:
  // Starts the program, which PATH finds where it has no slash, with the words and
  // `--control-fd 3`, in a process group of its own, so that what a terminal sends reaches its
  // parent alone. Errors: kUnavailable, with the reason.
  static Result<Child> Start(const std::string& program, std::vector<std::string> words);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  pid_t Pid() const noexcept { return pid_; }
  // Becomes readable when the child has said something, or has ended.
  int ControlFd() const noexcept { return control_; }
  // Becomes readable when the process has ended.
  int PidFd() const noexcept { return pidfd_; }

  // False: the child has not taken it within a second, and is not to be talked to any more.
  bool Say(std::string_view line);
  // What it has said since, without waiting.
  std::vector<std::string> Hear();
  // Nothing while it runs; else the end in words: "was killed by signal 9", "ended with status 1".
  std::optional<std::string> Ended();
  void Kill() noexcept;

 private:
  Child(pid_t pid, int pidfd, int control) noexcept : pid_(pid), pidfd_(pidfd), control_(control) {}
  void Close() noexcept;

  pid_t pid_;
  int pidfd_;
  int control_;
  std::string heard_;
};

}  // namespace tenon::engine
