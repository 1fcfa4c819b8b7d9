// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace tenon::check {
namespace {

int MillisecondsUntil(Time until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

Error Unreachable(const Address& address, std::string_view why) {
  return Error(ErrorCode::kUnavailable,
               "Nothing answers at " + address.Text() + ": " + std::string(why) + ".");
}

}  // namespace

Result<Address> ParseUrl(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = url;
  if (rest.starts_with(kScheme)) {
    rest.remove_prefix(kScheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    Address address{.host = std::string(rest), .port = 80};
    const std::size_t colon = rest.rfind(':');
    bool fine = rest.find_first_of("/?#@") == std::string_view::npos;
    if (colon != std::string_view::npos) {
      address.host = rest.substr(0, colon);
      const std::string_view port = rest.substr(colon + 1);
      const auto [end, error] =
          std::from_chars(port.data(), port.data() + port.size(), address.port);
      fine = fine && error == std::errc() && end == port.data() + port.size() && address.port != 0;
    }
    if (fine && !address.host.empty()) return address;
  }
  return Error(ErrorCode::kInvalid, "'" + std::string(url) +
                                        "' is not understood; write http://HOST:PORT, without a "
                                        "path.");
}

std::string Received::Text() const {
  switch (ending) {
    case Ending::kReply: return "status " + std::to_string(reply.status);
    case Ending::kClosed: return "the connection was closed without a reply";
    case Ending::kMalformed: return "no valid HTTP: " + problem;
    case Ending::kTimeout: return "no reply in time";
  }
  return "";
}

Result<Connection> Connection::Open(const Address& address, Time until) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (failed != 0) return Unreachable(address, gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  int why = ECONNREFUSED;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    Connection connection(
        socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (connection.socket_ < 0) return Unreachable(address, std::strerror(errno));
    const int on = 1;
    setsockopt(connection.socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    why = 0;
    if (connect(connection.socket_, one->ai_addr, one->ai_addrlen) != 0) {
      why = errno;
      if (why == EINPROGRESS) {
        pollfd waiting{.fd = connection.socket_, .events = POLLOUT, .revents = 0};
        why = ETIMEDOUT;
        if (poll(&waiting, 1, MillisecondsUntil(until)) == 1) {
          socklen_t size = sizeof why;
          getsockopt(connection.socket_, SOL_SOCKET, SO_ERROR, &why, &size);
        }
      }
    }
    if (why == 0) return connection;
  }
  return Unreachable(address, std::strerror(why));
}

Connection::~Connection() {
  if (socket_ >= 0) close(socket_);
}

bool Connection::Send(std::string_view bytes, Time until) {
  while (!bytes.empty()) {
    if (ended_) return false;
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!Wait(POLLIN | POLLOUT, until)) return false;
    } else {
      // What the peer said before it left may still be there.
      while (!ended_ && Wait(POLLIN, until)) {
      }
      return false;
    }
  }
  return true;
}

void Connection::HalfClose() { shutdown(socket_, SHUT_WR); }

void Connection::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(socket_, -1));
  ended_ = true;
}

bool Connection::Wait(short events, Time until) {
  pollfd waiting{.fd = socket_, .events = events, .revents = 0};
  if (poll(&waiting, 1, MillisecondsUntil(until)) <= 0) return false;
  if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) != 0) Read();
  return true;
}

void Connection::Read() {
  std::array<char, 65'536> block;
  const ssize_t count = recv(socket_, block.data(), block.size(), 0);
  if (count > 0) {
    reader_.Feed({block.data(), static_cast<std::size_t>(count)});
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    ended_ = true;
    reader_.FeedEnd();
  }
}

Received Connection::AwaitReply(Time until) {
  for (;;) {
    switch (reader_.Look()) {
      case ReplyReader::State::kWhole:
        return {.ending = Ending::kReply, .reply = reader_.Take(), .problem = {}};
      case ReplyReader::State::kMalformed:
        return {.ending = Ending::kMalformed, .reply = {}, .problem = reader_.Problem()};
      case ReplyReader::State::kIncomplete: break;
    }
    if (ended_) return {.ending = Ending::kClosed, .reply = {}, .problem = {}};
    if (!Wait(POLLIN, until)) return {.ending = Ending::kTimeout, .reply = {}, .problem = {}};
  }
}

bool Connection::AwaitInterim(Time until) {
  while (!reader_.HasInterim()) {
    if (ended_ || reader_.Look() != ReplyReader::State::kIncomplete || !Wait(POLLIN, until)) {
      return false;
    }
  }
  return true;
}

std::string Connection::AwaitBytes(std::size_t count, Time until) {
  // Bytes of another protocol would be refused as HTTP, so the reader only keeps them.
  while (reader_.Rest().size() < count && !ended_) {
    if (!Wait(POLLIN, until)) break;
  }
  const std::string bytes(reader_.Rest().substr(0, count));
  reader_.Skip(bytes.size());
  return bytes;
}

}  // namespace tenon::check
