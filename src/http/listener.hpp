// SPDX-License-Identifier: Apache-2.0
#pragma once

// The listening socket.

#include <cstdint>
#include <string>
#include <utility>

#include "tenon/base/result.hpp"

namespace tenon::http {

class Listener {
 public:
  // Fails with what was asked for and what is in the way. Port 0: any free one.
  static Result<Listener> Open(const std::string& host, std::uint16_t port);

  // Takes over a socket that listens already. Fails where it does not.
  static Result<Listener> Adopt(int fd);

  Listener(Listener&& other) noexcept : fd_(std::exchange(other.fd_, -1)), port_(other.port_) {}
  Listener& operator=(Listener&&) = delete;
  ~Listener() { Close(); }

  int Fd() const noexcept { return fd_; }
  std::uint16_t Port() const noexcept { return port_; }
  bool IsOpen() const noexcept { return fd_ >= 0; }
  // Whoever has connected by now, and was not accepted, is reset.
  void Close() noexcept;

  // Before the last `Accept` and `Close`: from here on the kernel drops who wants to connect, so
  // that nobody gets in between the two. Their second attempt finds the port closed.
  void DropNewcomers() const noexcept;

  // A new connection, which does not block; below zero and errno when there is none.
  int Accept() const noexcept;

 private:
  Listener(int fd, std::uint16_t port) noexcept : fd_(fd), port_(port) {}
  int fd_;
  std::uint16_t port_;
};

}  // namespace tenon::http
