// SPDX-License-Identifier: Apache-2.0
#include "load.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection.hpp"

namespace tenon::bench {
namespace {

constexpr std::int64_t kTick = 10'000'000;  // Timeouts, failed connections.
constexpr std::int64_t kShowEvery = 200'000'000;
constexpr std::size_t kReadSize = std::size_t{256} * 1024;
constexpr int kEvents = 512;

std::int64_t ClockNs(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

class Epoll {
 public:
  Epoll() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {}
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;
  ~Epoll() { close(descriptor_); }

  void Watch(int operation, int socket, std::size_t index, std::uint32_t events) const {
    epoll_event event = {.events = events, .data = {.u64 = index}};
    epoll_ctl(descriptor_, operation, socket, &event);
  }
  std::size_t Wait(std::span<epoll_event> events, std::int64_t most_ns) const {
    most_ns = std::max<std::int64_t>(most_ns, 0);
    const timespec most = {.tv_sec = most_ns / 1'000'000'000, .tv_nsec = most_ns % 1'000'000'000};
    const int count =
        epoll_pwait2(descriptor_, events.data(), static_cast<int>(events.size()), &most, nullptr);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }

 private:
  int descriptor_;
};

// Sockets are files: as many as the system lets us have.
void RaiseFileLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class Load {
 public:
  explicit Load(const Plan& plan)
      : plan_(plan),
        end_(plan.warmup_ns + plan.duration_ns),
        recorder_(plan.warmup_ns, end_),
        read_buffer_(kReadSize),
        start_(ClockNs(CLOCK_MONOTONIC)) {
    if (plan_.rate) schedule_.emplace(plan_.arrivals, *plan_.rate, plan_.seed);
    connections_.reserve(plan_.connections);
    if (!schedule_) {
      while (connections_.size() < plan_.connections) Open(AddConnection());
    }
  }

  LoadOutcome Run() {
    std::array<epoll_event, kEvents> events = {};
    bool measures = false;
    bool has_measured = false;
    std::int64_t now = Now();
    while (now < end_ || in_flight_ > 0 || !waiting_.empty()) {
      if (!measures && now >= plan_.warmup_ns) {
        measures = true;
        measured_from_ = now;
        cpu_before_ = ClockNs(CLOCK_THREAD_CPUTIME_ID);
      }
      if (!has_measured && now >= end_) {
        has_measured = true;
        EndMeasuring(now);
      }
      AdmitDue(now);
      Assign(now);
      FlushDirty();
      if (now >= next_tick_) Tick(now);
      const std::size_t count = epoll_.Wait(events, NextTime() - Now());
      for (std::size_t i = 0; i < count; ++i) Handle(events[i]);
      now = Now();
    }
    if (!has_measured) EndMeasuring(now);
    return {.recorder = std::move(recorder_),
            .cpu_s = static_cast<double>(cpu_) / 1e9,
            .wall_s = static_cast<double>(measured_) / 1e9};
  }

 private:
  std::int64_t Now() const { return ClockNs(CLOCK_MONOTONIC) - start_; }

  void EndMeasuring(std::int64_t now) {
    cpu_ = ClockNs(CLOCK_THREAD_CPUTIME_ID) - cpu_before_;
    measured_ = now - measured_from_;
  }

  std::int64_t NextTime() const {
    if (schedule_ && schedule_->Next() < end_) return std::min(next_tick_, schedule_->Next());
    return next_tick_;
  }

  void AdmitDue(std::int64_t now) {
    if (!schedule_) return;
    while (schedule_->Next() <= now && schedule_->Next() < end_) {
      recorder_.Noticed(schedule_->Next(), now);
      waiting_.push_back(schedule_->Next());
      schedule_->Advance();
    }
  }

  // Gives requests to connections that have room.
  void Assign(std::int64_t now) {
    while (!waiting_.empty() || (!schedule_ && now < end_)) {
      if (free_.empty()) {
        OpenForWaiting();
        return;
      }
      const std::size_t index = free_.front();
      free_.pop_front();
      Connection& connection = connections_[index];
      connection.is_listed_free = false;
      if (connection.Status() != Connection::State::kOpen) continue;
      if (schedule_) {
        Send(index, waiting_.front());
        waiting_.pop_front();
      } else {
        while (connection.HasRoom()) Send(index, now);
      }
      if (connection.HasRoom()) ListFree(index);
    }
  }

  void Send(std::size_t index, std::int64_t due) {
    Connection& connection = connections_[index];
    connection.Enqueue(plan_.requests[turn_], due);
    if (++turn_ == plan_.requests.size()) turn_ = 0;
    ++in_flight_;
    if (connection.is_dirty) return;
    connection.is_dirty = true;
    dirty_.push_back(index);
  }

  // As many connections as there are requests without one, up to the limit.
  void OpenForWaiting() {
    if (!schedule_) return;
    while (connecting_ < waiting_.size()) {
      if (!closed_.empty()) {
        const std::size_t index = closed_.back();
        closed_.pop_back();
        Open(index);
      } else if (connections_.size() < plan_.connections) {
        Open(AddConnection());
      } else {
        return;
      }
    }
  }

  std::size_t AddConnection() {
    connections_.emplace_back(plan_);
    return connections_.size() - 1;
  }

  void Open(std::size_t index) {
    Connection& connection = connections_[index];
    if (!connection.Connect(plan_.address)) {
      ConnectFailed(index);
      return;
    }
    ++connecting_;
    epoll_.Watch(EPOLL_CTL_ADD, connection.Socket(), index, EPOLLIN | EPOLLOUT);
    connection.watches_writing = true;
  }

  // One waiting request fails with it, so that a server that is away is not asked without end.
  void ConnectFailed(std::size_t index) {
    const std::int64_t now = Now();
    if (!waiting_.empty()) {
      recorder_.Failed(waiting_.front(), Cause::kConnect);
      waiting_.pop_front();
      ++failed_;
    } else if (!schedule_ && now < end_) {
      recorder_.Failed(now, Cause::kConnect);
      ++failed_;
    }
    resting_.push_back(index);
  }

  void ListFree(std::size_t index) {
    if (connections_[index].is_listed_free) return;
    connections_[index].is_listed_free = true;
    free_.push_back(index);
  }

  void FlushDirty() {
    // Failing connections may be opened again, which makes none dirty.
    for (const std::size_t index : dirty_) {
      Connection& connection = connections_[index];
      connection.is_dirty = false;
      if (connection.Status() == Connection::State::kOpen) Flush(index);
    }
    dirty_.clear();
  }

  void Flush(std::size_t index) {
    Connection& connection = connections_[index];
    if (!connection.Flush()) {
      Break(index, Cause::kReset);
      return;
    }
    if (connection.HasUnsent() == connection.watches_writing) return;
    connection.watches_writing = connection.HasUnsent();
    epoll_.Watch(EPOLL_CTL_MOD, connection.Socket(), index,
                 connection.watches_writing ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  // Ends a connection and what is in flight on it.
  void Break(std::size_t index, Cause cause) {
    Connection& connection = connections_[index];
    while (connection.InFlight() > 0) {
      recorder_.Failed(connection.OldestDue(), cause);
      connection.PopOldest();
      --in_flight_;
      ++failed_;
    }
    connection.Close();
    if (schedule_) {
      closed_.push_back(index);
    } else if (cause == Cause::kNone) {
      Open(index);
    } else {
      resting_.push_back(index);
    }
  }

  void Handle(const epoll_event& event) {
    const auto index = static_cast<std::size_t>(event.data.u64);
    Connection& connection = connections_[index];
    if (connection.Status() == Connection::State::kClosed) return;
    if (connection.Status() == Connection::State::kConnecting) {
      --connecting_;
      if (!connection.FinishConnect()) {
        connection.Close();
        ConnectFailed(index);
        return;
      }
      Flush(index);
      if (connection.Status() == Connection::State::kOpen) ListFree(index);
      return;
    }
    if ((event.events & EPOLLOUT) != 0) Flush(index);
    if (connection.Status() != Connection::State::kOpen) return;
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) Receive(index);
  }

  void Receive(std::size_t index) {
    Connection& connection = connections_[index];
    const ssize_t size = recv(connection.Socket(), read_buffer_.data(), read_buffer_.size(), 0);
    if (size < 0) {
      if (errno != EAGAIN && errno != EINTR) Break(index, Cause::kReset);
      return;
    }
    const std::int64_t now = Now();
    if (size == 0) {
      if (connection.InFlight() > 0 &&
          connection.Parser().End() == ReplyParser::Outcome::kComplete) {
        Complete(connection, now);
      }
      Break(index, connection.InFlight() > 0 ? Cause::kClosed : Cause::kNone);
      return;
    }
    std::string_view bytes(read_buffer_.data(), static_cast<std::size_t>(size));
    while (!bytes.empty()) {
      if (connection.InFlight() == 0) {  // Nothing was asked.
        Break(index, Cause::kMalformed);
        return;
      }
      const ReplyParser::Outcome outcome = connection.Parser().Read(bytes);
      if (plan_.is_streaming) Observe(connection, now);
      if (outcome == ReplyParser::Outcome::kIncomplete) return;
      if (outcome == ReplyParser::Outcome::kMalformed) {
        Break(index, Cause::kMalformed);
        return;
      }
      Complete(connection, now);
      if (!connection.Parser().KeepsConnection()) {
        Break(index, connection.InFlight() > 0 ? Cause::kClosed : Cause::kNone);
        return;
      }
    }
    ListFree(index);
  }

  void Complete(Connection& connection, std::int64_t now) {
    const ReplyParser& parser = connection.Parser();
    Cause cause = Cause::kNone;
    if (parser.Status() < 200 || parser.Status() > 299) {
      cause = Cause::kStatus;
    } else if (!plan_.expected.empty() && parser.Body().find(plan_.expected) == std::string::npos) {
      cause = Cause::kUnexpected;
    }
    const std::int64_t due = connection.OldestDue();
    recorder_.Answered(due, now, parser.Status(), cause, parser.BodySize());
    if (plan_.is_streaming) recorder_.Chunks(due, parser.Chunks());
    connection.PopOldest();
    connection.chunks_seen = 0;
    connection.last_chunk_at = -1;
    --in_flight_;
    ++(cause == Cause::kNone ? completed_ : failed_);
  }

  // When the pieces of a streamed answer come.
  void Observe(Connection& connection, std::int64_t now) {
    // A body with a length counts as one chunk.
    const ReplyParser& parser = connection.Parser();
    const std::uint64_t chunks = std::max<std::uint64_t>(parser.Chunks(), parser.BodySize() > 0);
    if (chunks == connection.chunks_seen) return;
    const std::int64_t due = connection.OldestDue();
    if (connection.last_chunk_at < 0) {
      recorder_.FirstByte(due, now);
    } else {
      recorder_.ChunkGap(due, now - connection.last_chunk_at, chunks - connection.chunks_seen);
    }
    connection.chunks_seen = chunks;
    connection.last_chunk_at = now;
  }

  void Tick(std::int64_t now) {
    next_tick_ = now + kTick;
    const std::int64_t too_old = now - plan_.timeout_ns;
    while (!waiting_.empty() && waiting_.front() <= too_old) {
      recorder_.Failed(waiting_.front(), Cause::kUnsent);
      waiting_.pop_front();
      ++failed_;
    }
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (connections_[i].InFlight() > 0 && connections_[i].OldestDue() <= too_old) {
        Break(i, Cause::kTimeout);
      }
    }
    if (schedule_ || now < end_) {
      std::vector<std::size_t> rested;
      std::swap(rested, resting_);
      for (const std::size_t index : rested) {
        if (schedule_) {
          closed_.push_back(index);
        } else {
          Open(index);
        }
      }
    }
    if (plan_.show && now >= next_show_) {
      next_show_ = now + kShowEvery;
      plan_.show({.elapsed_s = static_cast<double>(now) / 1e9,
                  .total_s = static_cast<double>(end_) / 1e9,
                  .is_warming_up = now < plan_.warmup_ns,
                  .completed = completed_,
                  .failed = failed_,
                  .in_flight = in_flight_,
                  .waiting = waiting_.size()});
    }
  }

  const Plan& plan_;
  std::int64_t end_;
  Recorder recorder_;
  std::optional<Schedule> schedule_;
  Epoll epoll_;
  std::vector<Connection> connections_;
  std::vector<char> read_buffer_;
  std::deque<std::int64_t> waiting_;  // When they were due.
  std::deque<std::size_t> free_;      // Connections with room; those that closed meanwhile, too.
  std::vector<std::size_t> closed_;
  std::vector<std::size_t> resting_;  // Failed; tried again at the next tick.
  std::vector<std::size_t> dirty_;
  std::size_t connecting_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t turn_ = 0;
  std::uint64_t completed_ = 0;
  std::uint64_t failed_ = 0;
  std::int64_t next_tick_ = 0;
  std::int64_t next_show_ = 0;
  std::int64_t cpu_before_ = 0;
  std::int64_t cpu_ = 0;
  std::int64_t measured_from_ = 0;
  std::int64_t measured_ = 0;
  std::int64_t start_;
};

}  // namespace

Result<LoadOutcome> RunLoad(const Plan& plan) {
  RaiseFileLimit();
  // The default slack of 50 us would make every request late.
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  const int probe = socket(plan.address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connects =
      probe >= 0 && connect(probe, reinterpret_cast<const sockaddr*>(&plan.address.storage),
                            plan.address.size) == 0;
  const std::string problem = std::strerror(errno);
  if (probe >= 0) close(probe);
  if (!connects) return Error(ErrorCode::kUnavailable, "The server cannot be reached: " + problem);
  return Load(plan).Run();
}

}  // namespace tenon::bench
