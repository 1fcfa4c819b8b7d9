// SPDX-License-Identifier: Apache-2.0
#include "task/epoll_loop.hpp"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <string>

namespace tenon {
namespace {

constexpr std::size_t kEventsPerTurn = 128;
constexpr std::uint64_t kOwnDescriptor = ~std::uint64_t{0};

Error OutOfDescriptors(int error) {
  return Error(ErrorCode::kUnavailable,
               "The server cannot watch another connection: the kernel's limit is reached; raise "
               "the limit of open files (ulimit -n) or of epoll watches.")
      .WithPrivateDetail(std::strerror(error));
}

std::int64_t Nanoseconds(TimePoint time) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

Result<std::unique_ptr<EpollLoop>> EpollLoop::Create(const Clock& clock) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  const int error = errno;
  // Owned from here on: its destructor closes what was opened.
  std::unique_ptr<EpollLoop> loop(new EpollLoop(clock, epoll, wake, timer));
  if (epoll < 0 || wake < 0 || timer < 0) return OutOfDescriptors(error);
  for (int fd : {wake, timer}) {
    if (Result<void> watched = loop->WatchOwn(fd); !watched) return std::move(watched).Error();
  }
  return loop;
}

EpollLoop::EpollLoop(const Clock& clock, int epoll, int wake, int timer) noexcept
    : clock_(clock), epoll_fd_(epoll), wake_fd_(wake), timer_fd_(timer), now_(clock.Now()) {}

EpollLoop::~EpollLoop() {
  for (int fd : {timer_fd_, wake_fd_, epoll_fd_}) {
    if (fd >= 0) close(fd);
  }
}

Result<void> EpollLoop::WatchOwn(int fd) noexcept {
  epoll_event event{};
  // Edge-triggered, so that neither needs a read after it woke us.
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = kOwnDescriptor;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return OutOfDescriptors(errno);
  return {};
}

void EpollLoop::Run() {
  std::array<epoll_event, kEventsPerTurn> events;
  for (;;) {
    const int timeout = PrepareToWait();
    busy_since_.store(0, std::memory_order_relaxed);
    const int count = epoll_wait(epoll_fd_, events.data(), kEventsPerTurn, timeout);
    assert((count >= 0 || errno == EINTR) && "epoll_wait fails only when it is interrupted");
    posted_.WakeUp();
    now_ = clock_.Now();
    busy_since_.store(Nanoseconds(now_), std::memory_order_relaxed);

    for (int i = 0; i < count; ++i) Dispatch(events[static_cast<std::size_t>(i)]);
    posted_.RunAll([this] { BeginStep(); });
    FireTimers();

    if (exit_.load(std::memory_order_acquire)) break;
  }
  posted_.RunAll([this] { BeginStep(); });
  exit_.store(false, std::memory_order_relaxed);
  activity_.store(nullptr, std::memory_order_relaxed);
  busy_since_.store(0, std::memory_order_relaxed);
}

void EpollLoop::RequestExit() noexcept {
  exit_.store(true, std::memory_order_release);
  Wake();
}

void EpollLoop::Wake() const noexcept {
  // It fails only when the counter is full, and then the loop is being woken already.
  const std::uint64_t one = 1;
  const ssize_t written = write(wake_fd_, &one, sizeof one);
  static_cast<void>(written);
}

void EpollLoop::Post(PostedWork& work) noexcept {
  if (posted_.Push(work)) Wake();
}

int EpollLoop::PrepareToWait() noexcept {
  if (!posted_.FallAsleep()) return 0;
  const TimePoint next = timers_.NextTime();
  // A timerfd that fires too early costs one wake-up; setting it on every change costs more.
  const bool covered = timer_fd_time_ <= next && timer_fd_time_ > now_;
  if (next == TimePoint::max() || covered) return -1;
  // Read again, since the turn has taken time; relative, since the clock need not be the kernel's.
  const auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(next - clock_.Now());
  if (wait.count() <= 0) return 0;
  itimerspec spec{};
  spec.it_value.tv_sec = static_cast<std::time_t>(wait.count() / 1'000'000'000);
  spec.it_value.tv_nsec = static_cast<long>(wait.count() % 1'000'000'000);
  timerfd_settime(timer_fd_, 0, &spec, nullptr);
  timer_fd_time_ = next;
  return -1;
}

void EpollLoop::Dispatch(const epoll_event& event) noexcept {
  if (event.data.u64 == kOwnDescriptor) return;
  const auto fd = static_cast<std::size_t>(event.data.u64 & 0xFFFFFFFFU);
  const auto generation = static_cast<std::uint32_t>(event.data.u64 >> 32U);
  const Slot& slot = slots_[fd];
  if (slot.handler == nullptr || slot.generation != generation) return;
  BeginStep();
  slot.handler->OnEvents(event.events);
}

void EpollLoop::FireTimers() noexcept {
  // Counted, so that a timer which is armed again for now waits for the next turn.
  for (std::size_t left = timers_.Size(); left > 0; --left) {
    Timer* timer = timers_.PopDue(now_);
    if (timer == nullptr) return;
    BeginStep();
    timer->OnTime();
  }
}

void EpollLoop::BeginStep() noexcept {
  step_.store(step_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  activity_.store(nullptr, std::memory_order_relaxed);
}

Result<void> EpollLoop::Watch(int fd, std::uint32_t events, FdHandler& handler) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= slots_.size()) slots_.resize(index + 1);
  Slot& slot = slots_[index];
  assert(slot.handler == nullptr && "a descriptor is watched once");
  epoll_event event{};
  event.events = events;
  event.data.u64 = index | std::uint64_t{slot.generation} << 32U;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return OutOfDescriptors(errno);
  slot.handler = &handler;
  return {};
}

void EpollLoop::Rewatch(int fd, std::uint32_t events) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  assert(index < slots_.size() && slots_[index].handler != nullptr);
  epoll_event event{};
  event.events = events;
  event.data.u64 = index | std::uint64_t{slots_[index].generation} << 32U;
  epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event);
}

void EpollLoop::Unwatch(int fd) noexcept {
  const auto index = static_cast<std::size_t>(fd);
  assert(index < slots_.size() && slots_[index].handler != nullptr);
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  slots_[index].handler = nullptr;
  ++slots_[index].generation;
}

LoopHold EpollLoop::Held(TimePoint now) const noexcept {
  LoopHold hold;
  const std::int64_t since = busy_since_.load(std::memory_order_relaxed);
  if (since == 0) return hold;
  hold.time = std::chrono::nanoseconds(Nanoseconds(now) - since);
  hold.activity = activity_.load(std::memory_order_acquire);
  hold.step = step_.load(std::memory_order_relaxed);
  return hold;
}

}  // namespace tenon
