// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tenon::bench {
namespace {

constexpr std::size_t kMostKept = std::size_t{16} << 20U;  // Of a body that --expect looks into.

}  // namespace

Connection::Connection(const Plan& plan)
    : body_limit_(plan.expected.empty() ? 0 : kMostKept), due_(plan.pipeline) {}

Connection::Connection(Connection&& other) noexcept
    : chunks_seen(other.chunks_seen),
      last_chunk_at(other.last_chunk_at),
      is_dirty(other.is_dirty),
      is_listed_free(other.is_listed_free),
      watches_writing(other.watches_writing),
      state_(std::exchange(other.state_, State::kClosed)),
      socket_(std::exchange(other.socket_, -1)),
      parser_(std::move(other.parser_)),
      body_limit_(other.body_limit_),
      unsent_(std::move(other.unsent_)),
      sent_(other.sent_),
      due_(std::move(other.due_)),
      first_(other.first_),
      in_flight_(other.in_flight_) {}

bool Connection::Connect(const SocketAddress& address) {
  Close();
  socket_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  parser_ = ReplyParser();
  parser_.KeepBodies(body_limit_);
  state_ = State::kConnecting;
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 ||
      errno == EINPROGRESS) {
    return true;
  }
  Close();
  return false;
}

bool Connection::FinishConnect() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return false;
  state_ = State::kOpen;
  return true;
}

void Connection::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  state_ = State::kClosed;
  unsent_.clear();
  sent_ = 0;
  chunks_seen = 0;
  last_chunk_at = -1;
  watches_writing = false;
}

void Connection::Enqueue(std::string_view request, std::int64_t due) {
  unsent_ += request;
  const std::size_t last = first_ + in_flight_;
  due_[last < due_.size() ? last : last - due_.size()] = due;
  ++in_flight_;
}

void Connection::PopOldest() {
  if (++first_ == due_.size()) first_ = 0;
  --in_flight_;
}

bool Connection::Flush() {
  while (sent_ < unsent_.size()) {
    const ssize_t taken =
        send(socket_, unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
    if (taken < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    sent_ += static_cast<std::size_t>(taken);
  }
  unsent_.clear();
  sent_ = 0;
  return true;
}

}  // namespace tenon::bench
