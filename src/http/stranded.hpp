// SPDX-License-Identifier: Apache-2.0
#pragma once

// New connections while every loop is stuck in somebody's code.

#include <functional>
#include <memory>
#include <vector>

#include "http/loop_front.hpp"
#include "http/request_parser.hpp"
#include "task/epoll_loop.hpp"

namespace tenon::http {

// Looks at what they ask without taking it away: `/ping` is answered, the rest waits, untouched,
// until a loop beats again and gets the connection.
//
// Thread safety: confined to the control thread.
class StrandedConnections {
 public:
  StrandedConnections(EpollLoop& loop, FrontShared& shared) noexcept
      : loop_(loop), shared_(shared) {}
  ~StrandedConnections() { CloseAll(); }
  StrandedConnections(const StrandedConnections&) = delete;
  StrandedConnections& operator=(const StrandedConnections&) = delete;

  // Owns the descriptor from here on.
  void Add(int fd);
  bool Empty() const noexcept { return connections_.empty(); }
  // Hands all of them over.
  void GiveAll(const std::function<void(int fd)>& take);
  void CloseAll() noexcept;

 private:
  class One final : public FdHandler {
   public:
    One(StrandedConnections& owner, int fd) noexcept : owner_(owner), fd_(fd) {}
    void OnEvents(std::uint32_t) noexcept override { owner_.OnReadable(fd_); }
    int Fd() const noexcept { return fd_; }

   private:
    StrandedConnections& owner_;
    const int fd_;
  };

  void OnReadable(int fd) noexcept;
  void AnswerHealth(int fd, bool is_head) noexcept;
  void Close(int fd) noexcept;

  EpollLoop& loop_;
  FrontShared& shared_;
  RequestHead head_;
  std::vector<std::unique_ptr<One>> connections_;
};

}  // namespace tenon::http
