// SPDX-License-Identifier: Apache-2.0
#pragma once

// Puts applications together and brings them up beside the server that already listens, and asks
// after their health.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "app/health_policy.hpp"
#include "app/worker.hpp"
#include "tenon/base/result.hpp"

namespace tenon {
class Application;
class Logger;
namespace http {
class Server;
}  // namespace http
namespace runtime {
class Environment;
}  // namespace runtime
namespace serving {
class Engine;
struct ReplicaServices;
}  // namespace serving
}  // namespace tenon

namespace tenon::app {

using Applications = std::span<const std::unique_ptr<Application>>;

struct SupervisorNeeds {
  // Loads modules and artifacts, and runs the modules' own code. What it gives lives on.
  std::function<Result<Applications>()> build;
  serving::Engine& engine;
  const serving::ReplicaServices& services;
  runtime::Environment& environment;
  http::Server& server;
  Logger& log;
};

struct SupervisorOptions {
  std::chrono::milliseconds startup_timeout{3'600'000};
  std::chrono::milliseconds health_check_period{10'000};
};

struct SupervisorEvents {
  std::function<void()> on_ready;               // Before the server is told.
  std::function<void()> on_serving;             // After it; may be empty.
  std::function<void(const Error&)> on_failed;  // The server drains after it.
  std::function<void(const Error&)> on_hung;    // Must end the process: nothing can be undone.
};

// What a module does when it is loaded, constructors and health checks are user code, which may
// hang; they run on a thread of their own, so that the supervisor keeps the time.
//
// Lifetime: within that of everything it is given. Thread safety: from the thread that made it.
class Supervisor {
 public:
  Supervisor(SupervisorNeeds needs, SupervisorOptions options, SupervisorEvents events);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Ends both threads. What still runs after `grace` comes back in words: then nothing that it may
  // use, this object included, can be destroyed any more.
  std::optional<std::string> Stop(std::chrono::milliseconds grace);

 private:
  void Run();
  bool BringUp();
  void Watch();
  CheckOutcome CheckOnce();
  Result<> BuildAndStart();
  void Remind(std::chrono::milliseconds waited) const;
  Result<> CheckAll();
  Error Hung() const;

  const SupervisorNeeds needs_;
  const SupervisorOptions options_;
  const SupervisorEvents events_;
  std::atomic<bool> built_{false};
  Applications applications_;  // Set by the worker; read when it is idle.
  Result<> outcome_;           // Of what the worker ran last; read when it is idle.
  Worker worker_;
  std::thread thread_;
};

}  // namespace tenon::app
