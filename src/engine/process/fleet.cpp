// SPDX-License-Identifier: Apache-2.0
#include "engine/process/fleet.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/blocked_signals.hpp"
#include "engine/process/restart_policy.hpp"
#include "engine/wire/messages.hpp"
#include "tenon/base/log.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/serving/application.hpp"

namespace tenon::engine {
namespace {

// Paths of sockets are at most 107 characters long, so the shortest folder is the best.
Result<std::string> MakeSocketFolder() {
  std::string name = "/tmp/tenon-XXXXXX";
  if (mkdtemp(name.data()) != nullptr) return name;
  if (const char* folder = std::getenv("TMPDIR")) {
    name = std::string(folder) + "/tenon-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) return name;
  }
  return Error(ErrorCode::kUnavailable,
               "No folder for the replicas' sockets can be made: neither /tmp nor TMPDIR can be "
               "written to.");
}

}  // namespace

ProcessEngine::Fleet::Fleet(Application& application, std::span<EpollLoop* const> loops,
                            const serving::ReplicaServices& services, ReplicaSpec spec,
                            std::string program)
    : application_(application),
      services_(services),
      base_(std::move(spec)),
      program_(std::move(program)),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const CallerOptions options{.deployment = {},
                              .secret = base_.secret,
                              .graph = GraphHash(application),
                              .max_payload = base_.max_payload};
  for (const auto& bound : application.Deployments()) {
    const std::size_t number = deployments_.size();
    deployments_.push_back({.bound = bound.get(),
                            .caller = std::make_unique<Caller>(*bound, loops, options, services)});
    for (std::size_t i = 0; i < bound->Options().num_replicas; ++i) {
      Replica& replica = replicas_.emplace_back();
      replica.deployment = number;
      replica.index = i;
    }
  }
}

ProcessEngine::Fleet::~Fleet() {
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
  const auto deployments = application_.Deployments();
  for (auto it = deployments.rbegin(); it != deployments.rend(); ++it) (*it)->Dismantle();
  if (!folder_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  close(wake_fd_);
}

Result<> ProcessEngine::Fleet::Start() {
  auto folder = MakeSocketFolder();
  if (!folder) return std::move(folder).Error();
  folder_ = *std::move(folder);
  for (const Deployment& deployment : deployments_) deployment.bound->Connect(*deployment.caller);
  {
    const BlockedSignals blocked;
    thread_ = std::thread([this] { Run(); });
  }
  std::unique_lock lock(mutex_);
  settled_.wait(lock, [this] { return outcome_.has_value(); });
  return *outcome_;
}

std::string_view ProcessEngine::Fleet::Constructing() const noexcept {
  const std::string* const name = constructing_;
  return name == nullptr ? std::string_view() : *name;
}

std::string ProcessEngine::Fleet::NameOf(const Replica& replica) const {
  return deployments_[replica.deployment].bound->Name() + "#" + std::to_string(replica.index);
}

void ProcessEngine::Fleet::Settle(Result<> outcome) {
  {
    const std::lock_guard lock(mutex_);
    if (outcome_) return;
    // What did not start once is not started again: somebody is told.
    if (!outcome) stopping_ = true;
    outcome_ = std::move(outcome);
  }
  settled_.notify_all();
}

void ProcessEngine::Fleet::Run() {
  pthread_setname_np(pthread_self(), "tenon-engine");
  while (!stopping_) {
    const TimePoint now = services_.clock.Now();
    TimePoint next = TimePoint::max();
    const Replica* unready = nullptr;
    for (Replica& replica : replicas_) {
      if (replica.child) Look(replica);
      if (!replica.child && replica.restart_at <= now) StartReplica(replica);
      if (!replica.child) next = std::min(next, replica.restart_at);
      if (replica.address.empty() && unready == nullptr) unready = &replica;
    }
    constructing_ = unready == nullptr ? nullptr : &deployments_[unready->deployment].bound->Name();
    if (unready == nullptr) Settle({});
    Wait(next);
  }
  Settle(Error(ErrorCode::kCancelled, "The start was given up."));
  StopAll();
}

void ProcessEngine::Fleet::Wait(TimePoint until) {
  std::vector<pollfd> polled{{.fd = wake_fd_, .events = POLLIN, .revents = 0}};
  for (const Replica& replica : replicas_) {
    if (!replica.child) continue;
    polled.push_back({.fd = replica.child->PidFd(), .events = POLLIN, .revents = 0});
    // After it has closed its end, that would be ready for ever: the process's end tells.
    if (replica.address.empty()) {
      polled.push_back({.fd = replica.child->ControlFd(), .events = POLLIN, .revents = 0});
    }
  }
  int timeout = -1;
  if (until != TimePoint::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - services_.clock.Now());
    timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }
  poll(polled.data(), polled.size(), timeout);
}

void ProcessEngine::Fleet::StartReplica(Replica& replica) {
  replica.started = services_.clock.Now();
  auto child = Child::Start(program_, {"replica"});
  if (!child) {
    OnEnd(replica, child.Error().Detail());
    return;
  }
  const std::size_t number = replica.deployment;
  ReplicaSpec spec = base_;
  spec.deployment = deployments_[number].bound->Name();
  spec.replica = NameOf(replica);
  // A new address each time: whoever knows the old one does not wait for it.
  spec.listen = "unix:" + folder_ + "/" + std::to_string(number) + "." +
                std::to_string(replica.index) + "." + std::to_string(replica.generation++);
  spec.threads = std::max<std::size_t>(1, services_.cpus / replicas_.size());
  for (std::size_t i = 0; i < deployments_.size(); ++i) {
    if (i != number) spec.peers.push_back(TableOf(i));
  }
  replica.child.emplace(*std::move(child));
  // One that does not listen has ended, which is noticed.
  replica.child->Say(schema::WriteJson(spec));
}

void ProcessEngine::Fleet::Look(Replica& replica) {
  const auto ended = replica.child->Ended();
  for (const std::string& line : replica.child->Hear()) OnReport(replica, line);
  if (ended) OnEnd(replica, *ended);
}

void ProcessEngine::Fleet::OnReport(Replica& replica, const std::string& line) {
  const auto report = schema::ReadJson<ReplicaReport>(line);
  if (!report) return;
  if (report->failed) {
    Settle(Error(ErrorCode::kInternal, *report->failed));
    services_.log.Error("a replica did not start",
                        {{"replica", NameOf(replica)}, {"cause", *report->failed}});
  }
  if (!report->ready) return;
  replica.address = *report->ready;
  services_.log.Info(
      "a replica is ready",
      {{"replica", NameOf(replica)}, {"pid", replica.child->Pid()}, {"address", replica.address}});
  Publish(replica.deployment);
}

void ProcessEngine::Fleet::OnEnd(Replica& replica, const std::string& how) {
  const TimePoint now = services_.clock.Now();
  const bool was_ready = !std::exchange(replica.address, {}).empty();
  replica.child.reset();
  replica.failures = CountFailure(replica.failures, now - replica.started);
  replica.restart_at = now + RestartPause(replica.failures);
  services_.log.Warning(
      "a replica has ended and is started again",
      {{"replica", NameOf(replica)}, {"how", how}, {"failures_in_a_row", replica.failures}});
  if (!was_ready) {
    Settle(Error(ErrorCode::kInternal, "The deployment '" +
                                           deployments_[replica.deployment].bound->Name() +
                                           "' did not start: its process " + how + "."));
  }
  Publish(replica.deployment);
}

PeerTable ProcessEngine::Fleet::TableOf(std::size_t deployment) const {
  PeerTable table{.deployment = deployments_[deployment].bound->Name(), .replicas = {}};
  bool is_hopeless = true;
  for (const Replica& replica : replicas_) {
    if (replica.deployment != deployment) continue;
    if (!replica.address.empty()) table.replicas.push_back({.address = replica.address});
    is_hopeless = is_hopeless && replica.failures >= kHopelessAfter;
  }
  if (table.replicas.empty() && is_hopeless) {
    table.unavailable = "every replica has ended several times in a row";
  }
  return table;
}

void ProcessEngine::Fleet::Publish(std::size_t deployment) {
  ReplicaOrder order;
  order.peers.push_back(TableOf(deployment));
  deployments_[deployment].caller->Apply(order.peers.front());
  const std::string line = schema::WriteJson(order);
  for (Replica& replica : replicas_) {
    if (!replica.child || replica.deployment == deployment) continue;
    // Half a line would be followed by another one: start anew.
    if (!replica.child->Say(line)) replica.child->Kill();
  }
}

void ProcessEngine::Fleet::StopAll() {
  const std::string line = schema::WriteJson(ReplicaOrder{.peers = {}, .stop = true});
  for (Replica& replica : replicas_) {
    if (replica.child) replica.child->Say(line);
  }
  const TimePoint until = services_.clock.Now() + kStopGrace;
  for (Replica& replica : replicas_) {
    if (!replica.child) continue;
    pollfd polled{.fd = replica.child->PidFd(), .events = POLLIN, .revents = 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - services_.clock.Now());
    poll(&polled, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    replica.child.reset();
  }
}

}  // namespace tenon::engine
