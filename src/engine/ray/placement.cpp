// SPDX-License-Identifier: Apache-2.0
#include "engine/ray/placement.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/blocked_signals.hpp"
#include "tenon/base/log.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::engine {
namespace {

struct RayDeployment {
  std::string name;
  std::uint64_t num_replicas = 1;
};
// The first line to tenon_ray.
struct RaySpec {
  std::string address;
  std::string program;
  ApplicationSpec application;
  std::string secret;
  std::uint64_t max_payload = 0;
  std::string log_format;
  std::string log_level;
  std::vector<RayDeployment> deployments;
};
// A line from it.
struct RayReport {
  std::optional<std::vector<PeerTable>> peers;
  std::optional<std::string> ready;
  std::optional<std::string> failed;
};

}  // namespace

RayEngine::Placement::Placement(Application& application, std::span<EpollLoop* const> loops,
                                const serving::ReplicaServices& services,
                                const RayEngineOptions& options, std::string secret)
    : application_(application),
      log_(services.log),
      options_(options),
      secret_(std::move(secret)),
      remote_(application, loops, services, secret_, options.max_payload),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

RayEngine::Placement::~Placement() {
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
  close(wake_fd_);
}

Result<> RayEngine::Placement::Start() {
  {
    const BlockedSignals blocked;
    thread_ = std::thread([this] { Run(); });
  }
  std::unique_lock lock(mutex_);
  settled_.wait(lock, [this] { return outcome_.has_value(); });
  return *outcome_;
}

void RayEngine::Placement::Settle(Result<> outcome) {
  {
    const std::lock_guard lock(mutex_);
    if (outcome_) return;
    outcome_ = std::move(outcome);
  }
  settled_.notify_all();
}

std::string RayEngine::Placement::SpecLine() const {
  RaySpec spec{.address = options_.address,
               .program = options_.program,
               .application = options_.spec(application_),
               .secret = secret_,
               .max_payload = options_.max_payload,
               .log_format = options_.log_format,
               .log_level = options_.log_level,
               .deployments = {}};
  for (const auto& deployment : application_.Deployments()) {
    spec.deployments.push_back(
        {.name = deployment->Name(), .num_replicas = deployment->Options().num_replicas});
  }
  return schema::WriteJson(spec);
}

void RayEngine::Placement::Run() {
  pthread_setname_np(pthread_self(), "tenon-engine");
  auto child = Child::Start(options_.python, {"-m", "tenon_ray", "front"});
  if (!child) {
    Settle(std::move(child).Error());
    return;
  }
  child->Say(SpecLine());
  while (!stopping_ && Listen(*child)) continue;
  Settle(Error(ErrorCode::kUnavailable,
               "'" + options_.python +
                   " -m tenon_ray' has ended before the replicas were ready: are ray and tenon_ray "
                   "installed there (TENON_PYTHON names another one)?"));
  if (!stopping_) {
    log_.Error("tenon_ray has ended: the replicas that are known stay, and no others come");
    return;
  }
  child->Say(schema::WriteJson(ReplicaOrder{.peers = {}, .stop = true}));
  pollfd polled{.fd = child->PidFd(), .events = POLLIN, .revents = 0};
  poll(&polled, 1, kStopGraceMs);
}

bool RayEngine::Placement::Listen(Child& child) {
  std::array<pollfd, 3> polled{{{.fd = wake_fd_, .events = POLLIN, .revents = 0},
                                {.fd = child.ControlFd(), .events = POLLIN, .revents = 0},
                                {.fd = child.PidFd(), .events = POLLIN, .revents = 0}}};
  poll(polled.data(), polled.size(), -1);
  for (const std::string& line : child.Hear()) OnLine(line);
  return !child.Ended();
}

void RayEngine::Placement::OnLine(const std::string& line) {
  const auto report = schema::ReadJson<RayReport>(line);
  if (!report) return;
  if (report->peers) {
    for (const PeerTable& table : *report->peers) remote_.Apply(table);
  }
  if (report->failed) {
    log_.Error("a replica did not start", {{"cause", *report->failed}});
    Settle(Error(ErrorCode::kUnavailable, *report->failed));
  }
  if (report->ready) {
    is_ready_ = true;
    Settle({});
  }
}

}  // namespace tenon::engine
