// SPDX-License-Identifier: Apache-2.0
// A server that takes as many requests as a core can: it counts the ends of request heads and sends
// as many fixed replies. For measuring what a load generator reaches; GET only.
// fixed_reply PORT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::string_view kReply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

int Listen(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 1'024) != 0) {
    std::perror("fixed_reply");
    std::exit(1);
  }
  return listener;
}

// How many heads end in what has come; `rest` keeps the begin of the next.
std::size_t TakeHeads(std::string& rest, std::string_view bytes) {
  rest += bytes;
  std::size_t count = 0;
  std::size_t from = 0;
  for (std::size_t end; (end = rest.find(kHeadEnd, from)) != std::string::npos; ++count) {
    from = end + kHeadEnd.size();
  }
  rest.erase(0, from);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = Listen(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8081));
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {.events = EPOLLIN, .data = {.fd = listener}};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::unordered_map<int, std::string> rests;
  std::vector<char> buffer(std::size_t{256} * 1024);
  std::string replies;
  std::array<epoll_event, 256> events = {};
  for (;;) {
    const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener) {
        const int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        const int on = 1;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event.data.fd = accepted;
        epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
        continue;
      }
      const ssize_t size = recv(socket, buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        rests.erase(socket);
        close(socket);
        continue;
      }
      replies.clear();
      for (std::size_t left =
               TakeHeads(rests[socket], {buffer.data(), static_cast<std::size_t>(size)});
           left > 0; --left) {
        replies += kReply;
      }
      if (!replies.empty() && send(socket, replies.data(), replies.size(), MSG_NOSIGNAL) < 0) {
        rests.erase(socket);
        close(socket);
      }
    }
  }
}
