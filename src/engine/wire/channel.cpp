// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/channel.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tenon::engine {
namespace {

constexpr std::size_t kPieces = 64;
// So much of one connection, then it is the others' turn.
constexpr int kReadsPerTurn = 16;

// Unix sockets have no such options, and need none.
void SetTcpOptions(int fd) noexcept {
  const int on = 1;
  const auto timeout = static_cast<unsigned>(Channel::kUserTimeout.count());
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

}  // namespace

Channel::Channel(EpollLoop& loop, ChannelOwner& owner, std::uint64_t max_payload)
    : loop_(loop), owner_(owner), max_payload_(max_payload), reader_(max_payload) {}

Channel::~Channel() { Close(); }

Result<> Channel::Open(int fd) {
  SetTcpOptions(fd);
  if (auto watched = loop_.Watch(fd, EPOLLIN, *this); !watched) {
    close(fd);
    return watched;
  }
  fd_ = fd;
  ++opening_;
  reader_ = FrameReader(max_payload_);
  output_.Clear();
  is_blocked_ = false;
  is_silent_ = false;
  heard_ = loop_.Now();
  loop_.Arm(*this, heard_ + kPingPeriod);
  return {};
}

void Channel::Close() noexcept {
  if (fd_ < 0) return;
  loop_.Unwatch(fd_);
  loop_.Disarm(*this);
  close(fd_);
  fd_ = -1;
}

void Channel::Flush() noexcept {
  if (flush_posted_ || fd_ < 0 || is_blocked_) return;
  flush_posted_ = true;
  loop_.Post(*this);
}

void Channel::RunPosted() noexcept {
  flush_posted_ = false;
  if (fd_ < 0) {
    owner_.OnIdle();
    return;
  }
  WriteAll();
}

void Channel::OnEvents(std::uint32_t events) noexcept {
  if ((events & EPOLLOUT) != 0) {
    is_blocked_ = false;
    loop_.Rewatch(fd_, EPOLLIN);
    if (!WriteAll()) return;
  }
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) ReadAll();
}

void Channel::OnTime() noexcept {
  const Duration quiet = loop_.Now() - heard_;
  if (!is_silent_ && quiet >= kSilence) {
    is_silent_ = true;
    owner_.OnSilence(true);
  }
  if (output_.IsEmpty()) {
    output_.Add({.type = FrameType::kPing});
    Flush();
  }
  loop_.Arm(*this, loop_.Now() + kPingPeriod);
}

bool Channel::ReadAll() noexcept {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const std::span<std::byte> space = reader_.Space();
    const ssize_t size = recv(fd_, space.data(), space.size(), 0);
    if (size < 0) {
      if (errno == EAGAIN || errno == EINTR) return true;
      Fail(std::strerror(errno));
      return false;
    }
    if (size == 0) {
      Fail("the peer has closed the connection");
      return false;
    }
    heard_ = loop_.Now();
    if (is_silent_) {
      is_silent_ = false;
      owner_.OnSilence(false);
    }
    reader_.Commit(static_cast<std::size_t>(size));
    if (!TakeFrames()) return false;
    if (static_cast<std::size_t>(size) < space.size()) return true;
  }
  return true;
}

bool Channel::TakeFrames() noexcept {
  const std::uint64_t opening = opening_;
  try {
    Frame frame;
    for (;;) {
      const FrameReader::Status status = reader_.Next(frame);
      if (status == FrameReader::Status::kNeedsMore) return true;
      bool is_understood = status == FrameReader::Status::kFrame;
      if (is_understood) {
        if (frame.header.type == FrameType::kPing) {
          output_.Add({.type = FrameType::kPong});
          Flush();
        } else if (frame.header.type != FrameType::kPong) {
          is_understood = owner_.OnFrame(frame);
        }
      }
      if (fd_ < 0 || opening_ != opening) return false;
      if (is_understood) continue;
      Fail("the peer has sent what is no frame of this protocol, or one beyond the limit");
      return false;
    }
  } catch (const std::exception& exception) {
    if (fd_ >= 0 && opening_ == opening) Fail(exception.what());
    return false;
  }
}

bool Channel::WriteAll() noexcept {
  std::array<iovec, kPieces> pieces;
  while (const std::size_t count = output_.Fill(pieces)) {
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const ssize_t size = sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (size >= 0) {
      output_.Consume(static_cast<std::size_t>(size));
      continue;
    }
    if (errno == EINTR) continue;
    // Also a connection that is still being made.
    if (errno == EAGAIN || errno == ENOTCONN) {
      is_blocked_ = true;
      loop_.Rewatch(fd_, EPOLLIN | EPOLLOUT);
      return true;
    }
    Fail(std::strerror(errno));
    return false;
  }
  return true;
}

void Channel::Fail(std::string_view why) noexcept {
  Close();
  owner_.OnClosed(why);
}

}  // namespace tenon::engine
