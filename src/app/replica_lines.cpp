// SPDX-License-Identifier: Apache-2.0
#include "app/replica_lines.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "tenon/schema/json.hpp"

namespace tenon::app {

ReplicaLines::ReplicaLines(int fd) : fd_(fd) { fcntl(fd_, F_SETFD, FD_CLOEXEC); }
ReplicaLines::~ReplicaLines() { close(fd_); }

std::optional<std::string> ReplicaLines::Wait() {
  for (;;) {
    if (auto line = TakeLine()) return line;
    if (is_over_) return std::nullopt;
    Receive(0);
  }
}

std::optional<std::string> ReplicaLines::Next() {
  if (auto line = TakeLine()) return line;
  if (!is_over_) Receive(MSG_DONTWAIT);
  return TakeLine();
}

std::optional<std::string> ReplicaLines::TakeLine() {
  const std::size_t end = text_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = text_.substr(0, end);
  text_.erase(0, end + 1);
  return line;
}

void ReplicaLines::Receive(int flags) {
  std::array<char, 65536> buffer;
  const ssize_t size = recv(fd_, buffer.data(), buffer.size(), flags);
  if (size > 0) {
    text_.append(buffer.data(), static_cast<std::size_t>(size));
  } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
    is_over_ = true;
  }
}

void ReplicaLines::Say(const engine::ReplicaReport& report) {
  const std::string text = schema::WriteJson(report) + "\n";
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t size = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;  // Nobody is there to hear it.
    sent += static_cast<std::size_t>(size);
  }
}

}  // namespace tenon::app
