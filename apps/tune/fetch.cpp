// SPDX-License-Identifier: Apache-2.0
#include "fetch.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "reply_parser.hpp"

namespace tenon::tune {
namespace {

constexpr std::size_t kMostBody = std::size_t{64} << 20;

class Socket {
 public:
  explicit Socket(int family) : number_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    // Of each wait, connecting as well.
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(number_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(number_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  }
  ~Socket() {
    if (number_ >= 0) close(number_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int Number() const noexcept { return number_; }

 private:
  const int number_;
};

Error Unavailable(const bench::Url& url, std::string_view why) {
  return Error(ErrorCode::kUnavailable, fmt::format("http://{}:{}{} cannot be read: {}.", url.host,
                                                    url.port, url.path, why));
}

// A wait that ended by its time says so.
std::string_view Why() {
  return errno == EAGAIN || errno == EINPROGRESS ? "no answer in ten seconds"
                                                 : std::strerror(errno);
}

}  // namespace

Result<std::string> Fetch(const bench::Url& url) {
  const auto address = bench::Resolve(url);
  if (!address) return address.Error();
  const Socket server(address->storage.ss_family);
  if (connect(server.Number(), reinterpret_cast<const sockaddr*>(&address->storage),
              address->size) != 0) {
    return Unavailable(url, Why());
  }
  const std::string request = bench::FormRequest(
      url, {.method = "GET", .content_type = {}, .headers = {"Connection: close"}}, {});
  if (send(server.Number(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return Unavailable(url, Why());
  }
  bench::ReplyParser parser;
  parser.KeepBodies(kMostBody);
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = recv(server.Number(), buffer.data(), buffer.size(), 0);
    if (count < 0) return Unavailable(url, Why());
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    const auto outcome = count == 0 ? parser.End() : parser.Read(bytes);
    if (outcome == bench::ReplyParser::Outcome::kMalformed) {
      return Unavailable(url, "what answers is no HTTP server");
    }
    if (outcome == bench::ReplyParser::Outcome::kComplete) break;
  }
  if (parser.Status() != 200) {
    return Unavailable(url, fmt::format("it answers {}", parser.Status()));
  }
  return parser.Body();
}

}  // namespace tenon::tune
