// SPDX-License-Identifier: Apache-2.0
#pragma once

// A client that sends exactly the bytes that a test wants, and blocks.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon::http {

struct TestReply {
  int status = 0;
  std::string head;
  std::string body;

  std::optional<std::string> Header(std::string_view name) const {
    std::string lower = head;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t at = lower.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return std::nullopt;
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

// Every wait ends after ten seconds with what has come until then. Thread safety: one thread.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() { Close(); }

  bool Connected() const noexcept { return connected_; }

  // False: the server has closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  TestReply Ask(std::string_view request) {
    Send(request);
    return Read(request.starts_with("HEAD ") ? Body::kNone : Body::kAsSaid);
  }

  enum class Body { kAsSaid, kNone };
  // The next reply; status 0 when the connection ends before it is complete.
  TestReply Read(Body body = Body::kAsSaid) {
    TestReply reply;
    std::size_t end = 0;
    while ((end = bytes_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return reply;
    }
    reply.head = Take(end + 4);
    const int status = std::atoi(reply.head.c_str() + std::string_view("HTTP/1.1 ").size());
    if (body == Body::kNone || status == 100) {
      reply.status = status;
      return reply;
    }
    if (reply.Header("transfer-encoding") == "chunked") {
      for (;;) {
        while ((end = bytes_.find("\r\n")) == std::string::npos) {
          if (!Fill()) return reply;
        }
        const std::size_t size = std::strtoul(bytes_.c_str(), nullptr, 16);
        while (bytes_.size() < end + 2 + size + 2) {
          if (!Fill()) return reply;
        }
        reply.body += Take(end + 2 + size + 2).substr(end + 2, size);
        chunks_ += size != 0 ? 1U : 0U;
        if (size == 0) break;
      }
    } else {
      const std::size_t size =
          std::strtoul(reply.Header("content-length").value_or("0").c_str(), nullptr, 10);
      while (bytes_.size() < size) {
        if (!Fill()) return reply;
      }
      reply.body = Take(size);
    }
    reply.status = status;
    return reply;
  }
  // Of all chunked replies.
  std::size_t Chunks() const noexcept { return chunks_; }

  // Everything up to the end of the connection, or so much that there seems to be none.
  std::string ReadToEnd() {
    while (bytes_.size() < kTooMuch && Fill()) {
    }
    return Take(bytes_.size());
  }
  // Whether the server has ended the connection, by FIN or by a reset.
  bool Ended() {
    while (bytes_.size() < kTooMuch && Fill()) {
    }
    return ended_;
  }
  bool EndsWithin(std::chrono::milliseconds limit) {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return poll(&waiting, 1, static_cast<int>(limit.count())) > 0 && !Fill();
  }
  // Waits until there is at least this much unread, without taking it.
  bool WaitForBytes(std::size_t count) {
    while (bytes_.size() < count) {
      if (!Fill()) return false;
    }
    return true;
  }

  void HalfClose() noexcept { shutdown(fd_, SHUT_WR); }
  void Close() noexcept {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  void Reset() noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    Close();
  }

 private:
  static constexpr std::size_t kTooMuch = std::size_t{64} << 20U;

  bool Fill() {
    constexpr int kLimitMilliseconds = 10'000;
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kLimitMilliseconds) <= 0) return false;
    std::array<char, 16384> buffer;
    const ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      ended_ = true;
      return false;
    }
    bytes_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }
  std::string Take(std::size_t count) {
    std::string taken = bytes_.substr(0, count);
    bytes_.erase(0, count);
    return taken;
  }

  int fd_;
  bool connected_ = false;
  bool ended_ = false;
  std::string bytes_;
  std::size_t chunks_ = 0;
};

}  // namespace tenon::http
