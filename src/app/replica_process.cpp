// SPDX-License-Identifier: Apache-2.0
#include "app/replica_process.hpp"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "app/artifact_source.hpp"
#include "base/blocked_signals.hpp"
#include "engine/wire/address.hpp"
#include "engine/wire/messages.hpp"
#include "tenon/serving/application.hpp"

namespace tenon::app {
namespace {

// Of the 25 s that a server has; the rest is the front's.
constexpr std::chrono::seconds kFinishTimeout{20};
constexpr std::chrono::milliseconds kPoll{5};

LogLevel LevelOf(std::string_view name) {
  if (name == "trace") return LogLevel::kTrace;
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  return name == "error" ? LogLevel::kError : LogLevel::kInfo;
}

ApplicationSource SourceOf(const engine::ReplicaSpec& spec) {
  const engine::ApplicationSpec& application = spec.application;
  ApplicationSource source{.target = application.target,
                           .arguments = {},
                           .application_name = application.application_name,
                           .folders = {},
                           .overrides = application.overrides};
  for (const auto& [key, value] : application.arguments) source.arguments.emplace_back(key, value);
  source.folders.assign(application.folders.begin(), application.folders.end());
  return source;
}

// No thread reads the environment yet.
void SetVariables(const std::vector<engine::ReplicaVariable>& variables) {
  for (const engine::ReplicaVariable& variable : variables) {
    if (variable.value) {
      setenv(variable.name.c_str(), variable.value->c_str(), 1);
    } else {
      unsetenv(variable.name.c_str());
    }
  }
}

}  // namespace

Result<std::unique_ptr<ReplicaProcess>> ReplicaProcess::Start(engine::ReplicaSpec spec) {
  mallopt(M_ARENA_MAX, 2);
  SetVariables(spec.application.variables);
  std::unique_ptr<ReplicaProcess> process(new ReplicaProcess(std::move(spec)));
  if (auto begun = process->Begin(); !begun) {
    return Error(begun.Error().Code(), OneLine(begun.Error()));
  }
  return process;
}

ReplicaProcess::ReplicaProcess(engine::ReplicaSpec spec)
    : spec_(std::move(spec)),
      log_({.level = LevelOf(spec_.log_level),
            .format = spec_.log_format == "json" ? LogFormat::kJson : LogFormat::kText},
           stderr_),
      environment_(static_cast<std::size_t>(spec_.threads)) {
  environment_.SetConfigure(&ConfigureArtifact);
}

ReplicaProcess::~ReplicaProcess() = default;

Result<> ReplicaProcess::Begin() {
  pool_.emplace(static_cast<std::size_t>(spec_.threads));
  for (auto step : {&ReplicaProcess::MakeLoops, &ReplicaProcess::Build}) {
    if (auto done = (this->*step)(); !done) return done;
  }
  if (auto made = Materialize(spec_.peers); !made) return made;
  if (auto listening = Listen(); !listening) return listening;
  const BlockedSignals blocked;
  for (const auto& loop : loops_) {
    threads_.emplace_back([&loop] {
      pthread_setname_np(pthread_self(), "tenon-loop");
      loop->Run();
    });
  }
  return {};
}

Result<> ReplicaProcess::MakeLoops() {
  for (std::uint64_t i = 0; i < spec_.threads; ++i) {
    auto loop = EpollLoop::Create(clock_);
    if (!loop) return std::move(loop).Error();
    socket_loops_.push_back(loop->get());
    event_loops_.push_back(loop->get());
    loops_.push_back(*std::move(loop));
  }
  services_.emplace(serving::ReplicaServices{.pool = *pool_,
                                             .clock = clock_,
                                             .log = log_,
                                             .loops = event_loops_,
                                             .cpus = static_cast<std::size_t>(spec_.threads)});
  return {};
}

Result<> ReplicaProcess::Build() {
  ApplicationSource source = SourceOf(spec_);
  // This process is one of them.
  source.overrides.push_back({.name = spec_.deployment, .num_replicas = 1});
  auto built = BuildApplication(source);
  if (!built) return std::move(built).Error();
  built_ = *std::move(built);
  for (const auto& deployment : built_.application->Deployments()) {
    if (deployment->Name() == spec_.deployment) own_ = deployment.get();
  }
  if (own_ == nullptr) {
    return Error(ErrorCode::kNotFound, "'" + spec_.application.target + "' has no deployment '" +
                                           spec_.deployment +
                                           "' here: is it another build of the module?");
  }
  return {};
}

Result<> ReplicaProcess::Materialize(std::span<engine::PeerTable const> peers) {
  const engine::CallerOptions options{.deployment = {},
                                      .secret = spec_.secret,
                                      .graph = engine::GraphHash(*built_.application),
                                      .max_payload = spec_.max_payload};
  for (const auto& deployment : built_.application->Deployments()) {
    if (deployment.get() == own_) continue;
    auto caller = std::make_unique<engine::Caller>(*deployment, socket_loops_, options, *services_);
    deployment->Connect(*caller);
    callers_[deployment->Name()] = std::move(caller);
  }
  Apply(peers);
  const runtime::EnvironmentScope scope(environment_);
  auto made = own_->Materialize(*services_);
  if (made) return {};
  const Error& cause = made.Error();
  return Error(cause.Code(),
               "The deployment '" + own_->Name() + "' did not start: " + cause.Detail())
      .WithPrivateDetail(cause.PrivateDetail())
      .WithFaults(cause.Faults(), cause.OmittedFaults());
}

Result<> ReplicaProcess::Listen() {
  auto fd = engine::ListenAt(spec_.listen);
  if (!fd) return std::move(fd).Error();
  address_ = engine::BoundAddress(*fd, spec_.listen);
  server_ = std::make_unique<engine::ReplicaServer>(
      *own_, *pool_, socket_loops_,
      engine::ReplicaServerOptions{.secret = spec_.secret,
                                   .graph = engine::GraphHash(*built_.application),
                                   .max_payload = spec_.max_payload});
  return server_->Listen(*fd);
}

void ReplicaProcess::Apply(std::span<const engine::PeerTable> peers) {
  for (const engine::PeerTable& table : peers) {
    const auto caller = callers_.find(table.deployment);
    if (caller != callers_.end()) caller->second->Apply(table);
  }
}

bool ReplicaProcess::IsHealthy() {
  const auto health = own_->CheckHealth();
  if (!health) {
    log_.Warning("a health check failed",
                 {{"replica", spec_.replica}, {"cause", OneLine(health.Error())}});
  }
  return health.Ok();
}

void ReplicaProcess::Stop(bool finishes) {
  server_->GoAway();
  const TimePoint until = clock_.Now() + kFinishTimeout;
  while (finishes && server_->InFlight() > 0 && clock_.Now() < until) {
    std::this_thread::sleep_for(kPoll);
  }
  if (server_->InFlight() > 0) {
    if (finishes)
      log_.Error("work did not end in time and is abandoned", {{"replica", spec_.replica}});
    log_.Flush();
    std::fflush(stdout);
    _exit(1);
  }
  for (const auto& loop : loops_) loop->RequestExit();
  for (std::thread& thread : threads_) thread.join();
  pool_.reset();
  server_.reset();
  own_->Dismantle();
  callers_.clear();
}

}  // namespace tenon::app
