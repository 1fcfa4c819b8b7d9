// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace tenon::engine {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr int kBacklog = 512;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* Pointer() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
};

Error NoAddress(std::string_view text) {
  return {ErrorCode::kInvalid, "'" + std::string(text) +
                                   "' is no address of a replica: expected unix:PATH, with at most "
                                   "107 characters, or HOST:PORT with the number of a host."};
}

Error Unreachable(std::string_view text, int error) {
  return Error(ErrorCode::kUnavailable, "A replica cannot be reached.")
      .WithPrivateDetail(std::string(text) + ": " + std::strerror(error));
}

Result<SocketAddress> Parse(std::string_view text) {
  SocketAddress address;
  if (text.starts_with(kUnix)) {
    const std::string_view path = text.substr(kUnix.size());
    auto& local = reinterpret_cast<sockaddr_un&>(address.storage);
    if (path.empty() || path.size() >= sizeof local.sun_path) return NoAddress(text);
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, path.data(), path.size());
    address.size = sizeof local;
    return address;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return NoAddress(text);
  std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return NoAddress(text);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    auto& six = reinterpret_cast<sockaddr_in6&>(address.storage);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    address.size = sizeof six;
    if (inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) != 1) return NoAddress(text);
    return address;
  }
  auto& four = reinterpret_cast<sockaddr_in&>(address.storage);
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  address.size = sizeof four;
  if (inet_pton(AF_INET, host.c_str(), &four.sin_addr) != 1) return NoAddress(text);
  return address;
}

}  // namespace

Result<int> ListenAt(std::string_view text) {
  const auto address = Parse(text);
  if (!address) return address.Error();
  const int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Unreachable(text, errno);
  if (text.starts_with(kUnix)) {
    unlink(std::string(text.substr(kUnix.size())).c_str());
  } else {
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  if (bind(fd, address->Pointer(), address->size) != 0 || listen(fd, kBacklog) != 0) {
    const int error = errno;
    close(fd);
    return Error(ErrorCode::kUnavailable, "A replica cannot listen at " + std::string(text) + ": " +
                                              std::strerror(error) + ".");
  }
  return fd;
}

std::string BoundAddress(int fd, std::string_view asked) {
  if (asked.starts_with(kUnix)) return std::string(asked);
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  const std::uint16_t port =
      ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(storage).sin6_port
                                          : reinterpret_cast<sockaddr_in&>(storage).sin_port);
  return std::string(asked.substr(0, asked.rfind(':') + 1)) + std::to_string(port);
}

Result<int> ConnectTo(std::string_view text) {
  const auto address = Parse(text);
  if (!address) return address.Error();
  const int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Unreachable(text, errno);
  if (connect(fd, address->Pointer(), address->size) != 0 && errno != EINPROGRESS) {
    const int error = errno;
    close(fd);
    return Unreachable(text, error);
  }
  return fd;
}

}  // namespace tenon::engine
