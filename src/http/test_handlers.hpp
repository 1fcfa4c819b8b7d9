// SPDX-License-Identifier: Apache-2.0
#pragma once

// Handlers and waits for tests of the server.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/request_timeout.hpp"
#include "tenon/http/handler.hpp"
#include "tenon/http/route.hpp"
#include "tenon/task/stopped.hpp"
#include "tenon/testing/local_endpoint.hpp"

namespace tenon::http {

using ServeFunction = std::function<Task<void>(const Request&, Response&)>;

class FunctionHandler final : public Handler {
 public:
  explicit FunctionHandler(ServeFunction serve, ReplyKind kind = ReplyKind::kSingle)
      : serve_(std::move(serve)), kind_(kind) {}
  bool Streams() const noexcept override { return kind_ == ReplyKind::kStream; }
  Task<void> Serve(const Request& request, Response& response) const override {
    return serve_(request, response);
  }

 private:
  const ServeFunction serve_;
  const ReplyKind kind_;
};

inline std::vector<Route> Routes() { return {}; }
template <class... Rest>
std::vector<Route> Routes(std::string method, std::string path, ServeFunction serve, Rest... rest) {
  std::vector<Route> routes = Routes(std::move(rest)...);
  routes.insert(routes.begin(),
                Route{.method = std::move(method),
                      .path = std::move(path),
                      .handler = std::make_unique<FunctionHandler>(std::move(serve))});
  return routes;
}

// One route, whose reply has a stream's deadline.
inline std::vector<Route> StreamRoute(std::string method, std::string path, ServeFunction serve) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = std::move(method),
       .path = std::move(path),
       .handler = std::make_unique<FunctionHandler>(std::move(serve), ReplyKind::kStream)});
  return routes;
}

inline Task<void> Echo(const Request& request, Response& response) {
  response.Body() += request.body.Text();
  co_return;
}

enum class OnStop { kEnd, kGoOn };

// Where handlers wait until the test lets them go. Opened once for good.
// Thread safety: thread-safe. Lifetime: outlives the server.
class Gate {
 public:
  class PassOperation final : private PostedWork {
   public:
    using ValueType = void;
    PassOperation(Gate& gate, OnStop on_stop) noexcept : gate_(gate), on_stop_(on_stop) {}
    PassOperation(PassOperation&& other) noexcept : PassOperation(other.gate_, other.on_stop_) {}

    bool Start(const Scope& scope, Completion& completion) {
      scope_ = &scope;
      completion_ = &completion;
      {
        const std::lock_guard lock(gate_.mutex_);
        ++gate_.arrived_;
        gate_.changed_.notify_all();
        if (gate_.open_) return true;
        gate_.waiting_.push_back(this);
      }
      if (on_stop_ == OnStop::kEnd) stop_.emplace(scope.stop, Leave{this});
      return false;
    }
    Result<> TakeResult() {
      if (stopped_) return Error(ErrorCode::kCancelled, "stopped at the gate");
      return {};
    }

   private:
    friend class Gate;
    struct Leave {
      PassOperation* operation;
      void operator()() const noexcept { operation->LeaveEarly(); }
    };
    void LeaveEarly() noexcept {
      const std::lock_guard lock(gate_.mutex_);
      if (std::erase(gate_.waiting_, this) == 0) return;
      stopped_ = true;
      scope_->loop->Post(*this);
    }
    void RunPosted() noexcept override {
      stop_.reset();
      {
        const std::lock_guard lock(gate_.mutex_);
        ++gate_.left_;
        gate_.stopped_ += stopped_ ? 1U : 0U;
        gate_.changed_.notify_all();
      }
      completion_->Complete().resume();
    }

    Gate& gate_;
    const OnStop on_stop_;
    const Scope* scope_ = nullptr;
    Completion* completion_ = nullptr;
    bool stopped_ = false;
    std::optional<StopCallback<Leave>> stop_;
  };

  PassOperation Pass(OnStop on_stop = OnStop::kEnd) noexcept { return {*this, on_stop}; }

  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    for (PassOperation* operation : waiting_) operation->scope_->loop->Post(*operation);
    waiting_.clear();
  }
  // Each is false when ten seconds have passed.
  bool WaitForArrivals(std::size_t count) {
    return WaitFor([&] { return arrived_ >= count; });
  }
  bool WaitForStopped(std::size_t count) {
    return WaitFor([&] { return stopped_ >= count; });
  }
  bool WaitForLeft(std::size_t count) {
    return WaitFor([&] { return left_ >= count; });
  }

 private:
  template <class Condition>
  bool WaitFor(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<PassOperation*> waiting_;
  std::size_t arrived_ = 0;
  std::size_t stopped_ = 0;
  std::size_t left_ = 0;
  bool open_ = false;
};

// Blocks its thread, as code does that should not. Thread safety: thread-safe.
class Blockade {
 public:
  void Hold() {
    std::unique_lock lock(mutex_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool WaitForHeld(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return held_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t held_ = 0;
  bool open_ = false;
};

// Asks the server until its metrics say so, or ten seconds have passed.
inline bool Becomes(const testing::LocalEndpoint& endpoint, std::string_view line) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    if (endpoint.Metrics().find(line) != std::string::npos) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace tenon::http
