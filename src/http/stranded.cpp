// SPDX-License-Identifier: Apache-2.0
#include "http/stranded.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "http/head_writer.hpp"
#include "http/router.hpp"
#include "tenon/http/error_response.hpp"

namespace tenon::http {

void StrandedConnections::Add(int fd) {
  connections_.push_back(std::make_unique<One>(*this, fd));
  if (!loop_.Watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET, *connections_.back())) {
    connections_.pop_back();
    close(fd);
  }
}

void StrandedConnections::GiveAll(const std::function<void(int fd)>& take) {
  const std::vector<std::unique_ptr<One>> given = std::move(connections_);
  connections_.clear();
  for (const auto& one : given) {
    loop_.Unwatch(one->Fd());
    take(one->Fd());
  }
}

void StrandedConnections::CloseAll() noexcept {
  while (!connections_.empty()) Close(connections_.back()->Fd());
}

void StrandedConnections::Close(int fd) noexcept {
  loop_.Unwatch(fd);
  close(fd);
  std::erase_if(connections_, [fd](const auto& one) { return one->Fd() == fd; });
}

void StrandedConnections::OnReadable(int fd) noexcept {
  // A health check is short; what is longer waits for a loop.
  std::array<char, 4096> bytes;
  const ssize_t count = recv(fd, bytes.data(), bytes.size(), MSG_PEEK);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return Close(fd);
  const auto size = static_cast<std::size_t>(count);
  const HeadResult result = ParseHead({bytes.data(), size}, bytes.size() + 1, head_);
  const bool is_health =
      result.outcome == ParseOutcome::kComplete && head_.path == kHealthPath &&
      (head_.method == "GET" || head_.method == "HEAD" || head_.method == "POST") &&
      !head_.is_chunked && head_.size + head_.content_length <= size;
  if (!is_health) return;
  const bool is_head = head_.method == "HEAD";
  // Taken away now: closing with unread bytes would reset the connection.
  const ssize_t taken = recv(fd, bytes.data(), size, 0);
  static_cast<void>(taken);
  AnswerHealth(fd, is_head);
  Close(fd);
}

void StrandedConnections::AnswerHealth(int fd, bool is_head) noexcept {
  const Availability& availability = shared_.availability;
  Response response;
  if (!availability.Ready() || availability.Draining()) {
    WriteError(availability.Refusal(), {}, response);
  }
  std::string reply;
  AppendHead(response,
             {.framing = Framing::kLength,
              .length = response.Payload().size(),
              .persistence = Persistence::kClose},
             reply);
  if (!is_head) reply += response.Payload();
  const ssize_t sent = send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
  static_cast<void>(sent);  // The buffer of a new connection holds it, or the client has left.
  shared_.metrics.OnReply(response.Status());
}

}  // namespace tenon::http
