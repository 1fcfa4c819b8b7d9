// SPDX-License-Identifier: Apache-2.0
#include "app/supervisor.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "app/build_application.hpp"
#include "base/blocked_signals.hpp"
#include "tenon/base/log.hpp"
#include "tenon/http/server.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/serving/engine.hpp"

namespace tenon::app {
namespace {

double Seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Supervisor::Supervisor(SupervisorNeeds needs, SupervisorOptions options, SupervisorEvents events)
    : needs_(std::move(needs)), options_(options), events_(std::move(events)) {
  const BlockedSignals blocked;
  thread_ = std::thread([this] { Run(); });
}

Supervisor::~Supervisor() {
  worker_.Interrupt();
  if (thread_.joinable()) thread_.join();
}

std::optional<std::string> Supervisor::Stop(std::chrono::milliseconds grace) {
  worker_.Interrupt();
  if (thread_.joinable()) thread_.join();
  if (worker_.WaitIdle(grace)) return std::nullopt;
  if (!built_) return "the loading of the application";
  const std::string_view name = needs_.engine.Constructing();
  return name.empty() ? std::string("a health check")
                      : fmt::format("the construction of the deployment '{}'", name);
}

void Supervisor::Run() {
  pthread_setname_np(pthread_self(), "tenon-watch");
  if (BringUp()) Watch();
}

bool Supervisor::BringUp() {
  constexpr std::chrono::milliseconds kReminder{30'000};
  worker_.Start([this] {
    const runtime::EnvironmentScope scope(needs_.environment);
    outcome_ = BuildAndStart();
  });
  std::chrono::milliseconds waited{0};
  while (waited < options_.startup_timeout) {
    const auto slice = std::min(kReminder, options_.startup_timeout - waited);
    if (worker_.WaitInterruptibly(slice)) break;
    if (worker_.Interrupted()) return false;
    waited += slice;
    if (waited >= options_.startup_timeout) break;
    Remind(waited);
  }
  if (worker_.Interrupted()) return false;
  if (!worker_.Idle()) {
    events_.on_hung(Hung());
    return false;
  }
  if (!outcome_) {
    events_.on_failed(outcome_.Error());
    needs_.server.RequestDrain(http::DrainMode::kNow);
    return false;
  }
  events_.on_ready();
  needs_.server.SetReady();
  if (events_.on_serving) events_.on_serving();
  return true;
}

Result<> Supervisor::BuildAndStart() {
  auto built = needs_.build();
  if (!built) return std::move(built).Error();
  applications_ = *built;
  built_ = true;
  for (const auto& application : applications_) {
    if (auto started = needs_.engine.Start(*application, needs_.services); !started) {
      return started;
    }
  }
  return {};
}

void Supervisor::Remind(std::chrono::milliseconds waited) const {
  if (!built_) {
    needs_.log.Warning("the application is still being loaded", {{"waited_s", Seconds(waited)}});
    return;
  }
  needs_.log.Warning("a deployment is still being constructed",
                     {{"deployment", needs_.engine.Constructing()}, {"waited_s", Seconds(waited)}});
}

Error Supervisor::Hung() const {
  if (!built_) {
    return {ErrorCode::kDeadlineExceeded,
            fmt::format("The application did not start: what its module or artifact does when it "
                        "is loaded has not returned after {:g} s. Give it more time with "
                        "TENON_STARTUP_TIMEOUT_S.",
                        Seconds(options_.startup_timeout))};
  }
  return {ErrorCode::kDeadlineExceeded,
          fmt::format("The deployment '{}' did not start: its constructor has not returned after "
                      "{:g} s. Give it more time with TENON_STARTUP_TIMEOUT_S.",
                      needs_.engine.Constructing(), Seconds(options_.startup_timeout))};
}

void Supervisor::Watch() {
  HealthPolicy policy;
  while (worker_.Pause(options_.health_check_period)) {
    const CheckOutcome outcome = CheckOnce();
    if (worker_.Interrupted()) return;
    const Error cause = outcome == CheckOutcome::kFailed
                            ? outcome_.Error()
                            : Error(ErrorCode::kUnavailable, "A health check has not come back.");
    if (outcome != CheckOutcome::kHealthy) {
      needs_.log.Warning("a health check failed", {{"cause", OneLine(cause)}});
    }
    switch (policy.Observe(outcome)) {
      case HealthChange::kNone: break;
      case HealthChange::kUnready:
        needs_.log.Error("the application is not healthy and takes no requests",
                         {{"failures_in_a_row", HealthPolicy::kFailuresInARow}});
        needs_.server.SetUnready(cause.Detail());
        break;
      case HealthChange::kReady:
        needs_.log.Info("the application is healthy again");
        needs_.server.SetReady();
        break;
    }
  }
}

CheckOutcome Supervisor::CheckOnce() {
  // One that hangs is not joined by a second one.
  if (worker_.Idle()) worker_.Start([this] { outcome_ = CheckAll(); });
  if (!worker_.WaitInterruptibly(options_.health_check_period)) return CheckOutcome::kRunning;
  return outcome_ ? CheckOutcome::kHealthy : CheckOutcome::kFailed;
}

Result<> Supervisor::CheckAll() {
  for (const auto& application : applications_) {
    for (const auto& deployment : application->Deployments()) {
      auto health = deployment->CheckHealth();
      if (health) continue;
      const Error& cause = health.Error();
      return Error(cause.Code(), fmt::format("The deployment '{}' fails its health check: {}",
                                             deployment->Name(), cause.Detail()))
          .WithPrivateDetail(cause.PrivateDetail());
    }
  }
  return {};
}

}  // namespace tenon::app
