// SPDX-License-Identifier: Apache-2.0
#include "tenon/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "http/dealer.hpp"
#include "http/drain_policy.hpp"
#include "http/listener.hpp"
#include "http/loop_front.hpp"
#include "http/router.hpp"
#include "task/epoll_loop.hpp"
#include "tenon/base/log.hpp"

namespace tenon::http {
namespace {

// How often the control thread looks at the loops: while they work, and while nothing happens.
constexpr Duration kTick = kHoldLimit;
constexpr Duration kIdleTick = std::chrono::milliseconds(100);

class LoopServer final : public Server {
 public:
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, ServerDependencies needs) {
    auto listener = options.listening_socket ? Listener::Adopt(*options.listening_socket)
                                             : Listener::Open(options.host, options.port);
    if (!listener) return std::move(listener).Error();
    auto control = EpollLoop::Create(needs.clock);
    if (!control) return std::move(control).Error();
    auto server = std::make_unique<LoopServer>(std::move(options), needs, *std::move(control));
    if (auto started = server->StartLoops(*std::move(listener)); !started) {
      return std::move(started).Error();
    }
    return std::unique_ptr<Server>(std::move(server));
  }

  LoopServer(ServerOptions options, ServerDependencies needs, std::unique_ptr<EpollLoop> control)
      : shared_(std::move(options), needs), control_(std::move(control)) {}
  ~LoopServer() override {
    for (const auto& front : fronts_) front->Stop();
    dealer_.reset();
  }

  std::uint16_t Port() const noexcept override { return port_; }
  const std::vector<EventLoop*>& Loops() const noexcept override { return loops_; }

  void SetRoutes(std::vector<Route> routes) override {
    router_ = std::make_unique<Router>(std::move(routes));
    for (const std::string& route : router_->Shadowed()) {
      shared_.needs.log.Warning("a route is never reached, since another one answers first",
                                {{"route", route}});
    }
    shared_.availability.SetRoutes(*router_);
  }
  void SetReady() override {
    shared_.availability.SetReady();
    if (!waits_to_accept_.exchange(false)) return;
    control_->Post(accept_);
  }
  void SetUnready(std::string reason) override {
    shared_.availability.SetUnready(std::move(reason));
  }

  // Nothing but atomics and a write: a signal handler may be calling.
  void RequestDrain(DrainMode mode) noexcept override {
    int unset = kUnset;
    const bool is_first = drain_mode_.compare_exchange_strong(unset, static_cast<int>(mode));
    // A platform that repeats its SIGTERM is in no hurry.
    if (!is_first && mode == DrainMode::kNow) is_hurried_.store(true);
    control_->RequestExit();
  }

  std::size_t RunControl() override;

 private:
  static constexpr int kUnset = -1;

  class Tick final : public Timer {
   public:
    explicit Tick(LoopServer& server) noexcept : server_(server) {}
    void OnTime() noexcept override { server_.OnTick(); }

   private:
    LoopServer& server_;
  };

  class Accept final : public PostedWork {
   public:
    explicit Accept(LoopServer& server) noexcept : server_(server) {}
    void RunPosted() noexcept override { server_.AcceptFromNow(); }

   private:
    LoopServer& server_;
  };

  void AcceptFromNow() noexcept;
  Result<> StartLoops(Listener listener);
  void OnTick();
  void TickSoon();
  DrainPhase CurrentPhase(TimePoint now);
  void Enter(DrainPhase phase);
  std::size_t InFlight() const noexcept;
  std::size_t Busy() const noexcept;

  FrontShared shared_;
  const std::unique_ptr<EpollLoop> control_;
  std::unique_ptr<Router> router_;
  std::vector<std::unique_ptr<LoopFront>> fronts_;
  std::vector<EventLoop*> loops_;
  std::optional<Dealer> dealer_;
  std::uint16_t port_ = 0;
  Tick tick_{*this};
  Accept accept_{*this};
  std::atomic<bool> waits_to_accept_{false};
  TimePoint next_tick_{};

  std::atomic<int> drain_mode_{kUnset};
  std::atomic<bool> is_hurried_{false};
  std::optional<TimePoint> drain_began_;
  DrainPhase phase_ = DrainPhase::kServing;
};

Result<> LoopServer::StartLoops(Listener listener) {
  port_ = listener.Port();
  for (std::size_t i = 0; i < std::max<std::size_t>(shared_.options.loops, 1); ++i) {
    auto loop = EpollLoop::Create(shared_.needs.clock);
    if (!loop) return std::move(loop).Error();
    fronts_.push_back(std::make_unique<LoopFront>(shared_, *std::move(loop), i));
    loops_.push_back(&fronts_.back()->Loop());
  }
  dealer_.emplace(*control_, shared_, std::move(listener), fronts_, [this] { TickSoon(); });
  if (shared_.options.accepting == Accepting::kWhenReady) {
    waits_to_accept_ = true;
  } else if (auto accepting = dealer_->StartAccepting(); !accepting) {
    return accepting;
  }
  for (const auto& front : fronts_) front->Start();
  return {};
}

void LoopServer::AcceptFromNow() noexcept {
  if (phase_ != DrainPhase::kServing) return;
  if (auto accepting = dealer_->StartAccepting(); !accepting) {
    shared_.needs.log.Error("connections cannot be taken", {{"cause", accepting.Error().Detail()}});
    RequestDrain(DrainMode::kNow);
  }
}

std::size_t LoopServer::InFlight() const noexcept {
  std::size_t count = 0;
  for (const auto& front : fronts_) count += front->InFlight();
  return count;
}

std::size_t LoopServer::Busy() const noexcept {
  std::size_t count = InFlight() + dealer_->OnTheWay();
  for (const auto& front : fronts_) count += front->Connections();
  return count;
}

std::size_t LoopServer::RunControl() {
  OnTick();
  // A request to drain ends the loop's run, for it may come from a signal handler.
  while (phase_ != DrainPhase::kEnded) {
    control_->Run();
    OnTick();
  }
  control_->Disarm(tick_);
  const std::size_t running = InFlight();
  if (running == 0) {
    for (const auto& front : fronts_) front->Stop();
  }
  return running;
}

void LoopServer::OnTick() {
  const TimePoint now = shared_.needs.clock.Now();
  dealer_->OnTick(now);
  const DrainPhase next = CurrentPhase(now);
  // One may be passed over; what it does is done.
  while (phase_ < next) Enter(static_cast<DrainPhase>(static_cast<int>(phase_) + 1));
  if (phase_ == DrainPhase::kEnded) {
    control_->RequestExit();
    return;
  }
  const bool is_restless = phase_ != DrainPhase::kServing || dealer_->Restless();
  next_tick_ = now + (is_restless ? kTick : kIdleTick);
  control_->Arm(tick_, next_tick_);
}

// A tick that is due sooner is not put off.
void LoopServer::TickSoon() {
  const TimePoint soon = shared_.needs.clock.Now() + kTick;
  if (soon >= next_tick_) return;
  next_tick_ = soon;
  control_->Arm(tick_, soon);
}

DrainPhase LoopServer::CurrentPhase(TimePoint now) {
  const int mode = drain_mode_.load();
  if (mode == kUnset) return DrainPhase::kServing;
  if (!drain_began_) drain_began_ = now;
  return Decide({.is_requested = true,
                 .mode = static_cast<DrainMode>(mode),
                 .is_hurried = is_hurried_.load(),
                 .since_request = now - *drain_began_,
                 .busy = Busy()},
                {.delay = shared_.options.drain_delay,
                 .timeout = shared_.options.drain_timeout,
                 .join = shared_.options.join_timeout});
}

void LoopServer::Enter(DrainPhase phase) {
  phase_ = phase;
  Logger& log = shared_.needs.log;
  switch (phase) {
    case DrainPhase::kServing: return;
    case DrainPhase::kDelaying:
      if (drain_mode_.load() == static_cast<int>(DrainMode::kHandOver)) {
        log.Info("another process takes over", {{"requests", InFlight()}});
        shared_.availability.SetClosing();
        dealer_->LeaveListener();
        return;
      }
      // Where the start failed, that has been said.
      if (shared_.availability.Ready() || InFlight() != 0) {
        log.Info("the server is shutting down", {{"requests", InFlight()}});
      }
      shared_.availability.SetDraining();
      return;
    case DrainPhase::kClosing:
      dealer_->StopAccepting();
      dealer_->CloseStranded();
      for (const auto& front : fronts_) front->DrainIdle();
      return;
    case DrainPhase::kCancelling:
      if (InFlight() != 0) {
        log.Warning("requests are cancelled, since they did not end in time",
                    {{"requests", InFlight()}});
      }
      for (const auto& front : fronts_) front->DrainRunning();
      return;
    case DrainPhase::kAnswering:
      for (const auto& front : fronts_) front->DrainWaiting();
      return;
    case DrainPhase::kEnded:
      if (InFlight() != 0) log.Error("requests still run", {{"requests", InFlight()}});
      return;
  }
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, ServerDependencies needs) {
  return LoopServer::Start(std::move(options), needs);
}

Server::~Server() = default;

}  // namespace tenon::http
