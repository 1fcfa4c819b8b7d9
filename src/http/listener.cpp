// SPDX-License-Identifier: Apache-2.0
#include "http/listener.hpp"

#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tenon::http {
namespace {

constexpr int kBacklog = 4'096;

Error CannotListen(const std::string& host, std::uint16_t port, int error) {
  std::string detail = "Cannot listen on " + host + ":" + std::to_string(port) + ": ";
  switch (error) {
    case EADDRINUSE:
      detail += "the port is in use; choose another with --port, or end the process that has it.";
      break;
    case EACCES:
      detail += "this user may not use the port; choose one from 1024 on with --port.";
      break;
    case EADDRNOTAVAIL:
      detail += "this machine does not have the address; choose another with --host.";
      break;
    default: detail.append(std::strerror(error)).append(".");
  }
  return {ErrorCode::kUnavailable, std::move(detail)};
}

std::uint16_t PortOf(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

Result<Listener> Listener::Open(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (const int failed = getaddrinfo(host.c_str(), service.c_str(), &hints, &found); failed != 0) {
    return Error(ErrorCode::kInvalid, "Cannot listen on " + host + ":" + service +
                                          ": the host is not known (" + gai_strerror(failed) +
                                          "); give an address such as 127.0.0.1 with --host.");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);

  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return CannotListen(host, port, errno);
  Listener listener(fd, port);
  const int on = 1;
  // A port whose last connections are still winding down may be taken again.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, kBacklog) != 0) {
    return CannotListen(host, port, errno);
  }
  listener.port_ = PortOf(fd);
  return listener;
}

Result<Listener> Listener::Adopt(int fd) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return Error(ErrorCode::kInternal,
                 "The descriptor " + std::to_string(fd) + " is no listening socket.");
  }
  return Listener(fd, PortOf(fd));
}

void Listener::Close() noexcept {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

void Listener::DropNewcomers() const noexcept {
  // Of a segment, the byte of flags: SYN without ACK begins a connection.
  constexpr unsigned kFlags = 13;
  constexpr unsigned kSyn = 0x02;
  constexpr unsigned kAck = 0x10;
  std::array<sock_filter, 5> steps = {{
      {.code = BPF_LD | BPF_B | BPF_ABS, .jt = 0, .jf = 0, .k = kFlags},
      {.code = BPF_ALU | BPF_AND | BPF_K, .jt = 0, .jf = 0, .k = kSyn | kAck},
      {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = 1, .k = kSyn},
      {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0},
      {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0xffff'ffffU},
  }};
  const sock_fprog program{.len = static_cast<unsigned short>(steps.size()),
                           .filter = steps.data()};
  // Where the kernel has no filters, a moment stays in which somebody is reset.
  setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int Listener::Accept() const noexcept {
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  // Each reply is one write; a stream's chunks are not to wait for the client's acknowledgement.
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

}  // namespace tenon::http
