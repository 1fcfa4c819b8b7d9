// SPDX-License-Identifier: Apache-2.0
#include "http/listener.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace tenon::http {
namespace {

// A client that has begun to connect.
class Knock {
 public:
  explicit Knock(std::uint16_t port)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int done = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    EXPECT_TRUE(done == 0 || errno == EINPROGRESS);
  }
  Knock(const Knock&) = delete;
  Knock& operator=(const Knock&) = delete;
  ~Knock() { close(fd_); }

  bool IsLetIn(int within_ms) const {
    pollfd waiting{.fd = fd_, .events = POLLOUT, .revents = 0};
    return poll(&waiting, 1, within_ms) == 1 && (waiting.revents & (POLLERR | POLLHUP)) == 0;
  }
  int Fd() const { return fd_; }

 private:
  int fd_;
};

TEST(Listener, LetsNobodyInBetweenTheLastAcceptAndItsEnd) {
  constexpr int kSoon = 5'000;
  constexpr int kMoment = 30;
  auto listener = Listener::Open("127.0.0.1", 0);
  ASSERT_TRUE(listener) << listener.Error().what();
  const Knock early(listener->Port());
  ASSERT_TRUE(early.IsLetIn(kSoon));
  listener->DropNewcomers();
  const Knock late(listener->Port());
  EXPECT_FALSE(late.IsLetIn(kMoment));

  // Who was let in before is served, although the filter is there and the listener gone.
  const int accepted = listener->Accept();
  ASSERT_GE(accepted, 0);
  EXPECT_LT(listener->Accept(), 0);
  listener->Close();
  std::array<char, 4> got{};
  ASSERT_EQ(send(early.Fd(), "ping", 4, MSG_NOSIGNAL), 4);
  pollfd waiting{.fd = accepted, .events = POLLIN, .revents = 0};
  ASSERT_EQ(poll(&waiting, 1, kSoon), 1);
  EXPECT_EQ(recv(accepted, got.data(), got.size(), 0), 4);
  close(accepted);
}

}  // namespace
}  // namespace tenon::http
