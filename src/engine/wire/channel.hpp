// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection of the data plane on one event loop: frames in, frames out, and whether the peer
// is still there.

#include <cstdint>
#include <string_view>

#include "engine/wire/frame_reader.hpp"
#include "engine/wire/output_queue.hpp"
#include "task/epoll_loop.hpp"

namespace tenon::engine {

// Told of what happens on a channel, on its loop.
class ChannelOwner {
 public:
  // False: what came is no sense; the channel closes.
  virtual bool OnFrame(Frame& frame) = 0;
  // The connection is gone; the channel may be opened again, but not destroyed, inside.
  virtual void OnClosed(std::string_view why) noexcept = 0;
  // Nothing was heard for a while (true), or something again (false).
  virtual void OnSilence(bool is_silent) noexcept = 0;
  // A channel that has been closed is no longer busy.
  virtual void OnIdle() noexcept = 0;

 protected:
  ~ChannelOwner() = default;
};

// What is written within one turn of the loop leaves in one call of the kernel. A peer whose
// machine is gone is noticed by TCP_USER_TIMEOUT, since pings always leave something to be
// acknowledged; one whose process is stuck only falls silent.
//
// Lifetime: destroyed on its loop while it is not `IsBusy`, or when the loop has stopped.
// Thread safety: confined to its loop.
class Channel final : private FdHandler, private PostedWork, private Timer {
 public:
  static constexpr std::chrono::milliseconds kPingPeriod{400};
  static constexpr std::chrono::milliseconds kSilence{1'300};
  static constexpr std::chrono::milliseconds kUserTimeout{1'200};

  Channel(EpollLoop& loop, ChannelOwner& owner, std::uint64_t max_payload);
  ~Channel();

  // Takes the socket, which is connected, or connecting without blocking.
  Result<> Open(int fd);
  // Does not tell the owner. What waits to be sent is lost.
  void Close() noexcept;
  bool IsOpen() const noexcept { return fd_ >= 0; }
  // A flush is posted: the loop still knows this object.
  bool IsBusy() const noexcept { return flush_posted_; }

  OutputQueue& Output() noexcept { return output_; }
  // Has the output sent at the end of what the loop does now.
  void Flush() noexcept;
  void SetMaxPayload(std::uint64_t max_payload) noexcept { reader_.SetMaxPayload(max_payload); }
  EpollLoop& Loop() noexcept { return loop_; }

 private:
  void OnEvents(std::uint32_t events) noexcept override;
  void RunPosted() noexcept override;
  void OnTime() noexcept override;
  // False: the channel has closed.
  bool ReadAll() noexcept;
  bool TakeFrames() noexcept;
  bool WriteAll() noexcept;
  void Fail(std::string_view why) noexcept;

  EpollLoop& loop_;
  ChannelOwner& owner_;
  const std::uint64_t max_payload_;
  FrameReader reader_;
  OutputQueue output_;
  int fd_ = -1;
  std::uint64_t opening_ = 0;  // Counts openings: inside a callback it may be another one.
  bool flush_posted_ = false;
  bool is_blocked_ = false;  // The kernel takes no more; EPOLLOUT tells.
  bool is_silent_ = false;
  TimePoint heard_{};
};

}  // namespace tenon::engine
