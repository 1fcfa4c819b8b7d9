// SPDX-License-Identifier: Apache-2.0
#include "http/loop_front.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "base/blocked_signals.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/metrics.hpp"

namespace tenon::http {
namespace {

// 4 MiB per loop at most.
constexpr std::size_t kKeptBlocks = 256;

std::uint64_t RandomNumber() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

// A quarter of the shortest limit, so that none is overrun by more than that.
Duration SweepPeriod(const ServerOptions& options) {
  const std::chrono::milliseconds shortest =
      std::min({options.idle_timeout, options.head_timeout, options.body_stall_timeout});
  return std::clamp<Duration>(shortest / 4, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

}  // namespace

FrontShared::FrontShared(ServerOptions server_options, ServerDependencies server_needs)
    : options(std::move(server_options)),
      needs(server_needs),
      metrics(needs.metrics),
      log(needs.log),
      process_id(RandomNumber()) {}

LoopFront::LoopFront(FrontShared& shared, std::unique_ptr<EpollLoop> loop, std::size_t index)
    : shared_(shared),
      loop_(std::move(loop)),
      index_(index),
      sweep_period_(SweepPeriod(shared.options)),
      number_(std::uint64_t{index} << 48U),
      blocks_(kKeptBlocks),
      deadlines_(*loop_) {}

LoopFront::~LoopFront() { Stop(); }

void LoopFront::Start() {
  const BlockedSignals blocked;
  thread_ = std::thread([this] { Run(); });
}

void LoopFront::Stop() {
  if (!thread_.joinable()) return;
  loop_->Post(close_all_);
  thread_.join();
}

void LoopFront::Run() {
  pthread_setname_np(pthread_self(), ("tenon-loop-" + std::to_string(index_)).c_str());
  const MetricsRegistry::ThreadSlot slot(shared_.needs.metrics);
  loop_->Run();
  // The call that would do it is posted to a loop that has ended.
  Reap();
}

void LoopFront::Adopt(int fd) {
  auto connection = std::make_unique<Connection>(*this, fd);
  Connection& adopted = *connection;
  adopted.index = connections_.size();
  connections_.push_back(std::move(connection));
  if (auto watched = adopted.Watch(); !watched) {
    shared_.log.Dropped(watched.Error().Detail(), loop_->Now());
    return adopted.Close();
  }
  if (!sweep_.IsArmed()) loop_->Arm(sweep_, loop_->Now() + UntilSweep());
  if (closes_idle_) adopted.OnEvents(EPOLLIN);
}

Exchange& LoopFront::Acquire() {
  if (spare_.empty()) {
    spare_.reserve(exchanges_.size() + 1);  // So that giving one back never allocates.
    return *exchanges_.emplace_back(std::make_unique<Exchange>());
  }
  Exchange& exchange = *spare_.back();
  spare_.pop_back();
  return exchange;
}

void LoopFront::CountInFlight(Exchange& exchange) noexcept {
  exchange.is_counted = true;
  in_flight_.store(in_flight_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  shared_.metrics.OnRequest();
}

void LoopFront::Release(Exchange& exchange) noexcept {
  if (exchange.is_counted) {
    in_flight_.store(in_flight_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    shared_.metrics.OnRequestEnd();
  }
  if (exchange.head_block) blocks_.Give(std::move(exchange.head_block));
  exchange.Reset();
  if (stopping_ && InFlight() == 0) loop_->RequestExit();
  spare_.push_back(&exchange);
}

void LoopFront::Abandon(Exchange& exchange) noexcept { exchange.Abandon(*this); }

// Nobody waits for it, so a stream is not asked for more.
void LoopFront::OnProgress(Exchange& exchange) noexcept { Release(exchange); }

// What nobody waits for is not swept.
void LoopFront::OnDeadline(Exchange&) noexcept {}

void LoopFront::Retire(Connection& connection) noexcept {
  const std::size_t index = connection.index;
  retired_.push_back(std::move(connections_[index]));
  if (index + 1 != connections_.size()) {
    connections_[index] = std::move(connections_.back());
    connections_[index]->index = index;
  }
  connections_.pop_back();
  --connection_count_;
  if (retired_.size() == 1) loop_->Post(reap_);
}

void LoopFront::SweepConnections() noexcept {
  const TimePoint now = loop_->Now();
  // Backwards: one that closes is replaced by the last, which has been looked at.
  for (std::size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->CloseIfOverdue(now);
  if (!connections_.empty()) loop_->Arm(sweep_, now + UntilSweep());
}

// Nobody who sends nothing shall hold up the end for long.
Duration LoopFront::UntilSweep() const noexcept {
  constexpr Duration kWhileClosing = std::chrono::milliseconds(250);
  return closes_idle_ ? std::min(sweep_period_, kWhileClosing) : sweep_period_;
}

void LoopFront::CloseIdle() noexcept {
  closes_idle_ = true;
  for (std::size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->CloseIfIdle();
  if (!connections_.empty()) loop_->Arm(sweep_, loop_->Now() + UntilSweep());
}

void LoopFront::Cancel() noexcept {
  for (const auto& exchange : exchanges_) exchange->RequestStop();
  for (std::size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->Cancel();
}

void LoopFront::AnswerForWork() noexcept {
  for (std::size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->AnswerForWork();
}

void LoopFront::CloseAll() noexcept {
  stopping_ = true;
  for (std::size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->Drop();
  if (InFlight() == 0) loop_->RequestExit();
}

}  // namespace tenon::http
