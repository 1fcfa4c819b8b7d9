// SPDX-License-Identifier: Apache-2.0
#pragma once

// The HTTP/1.1 server: loops, connections, limits, health while loading, and the way down.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/http/route.hpp"

namespace tenon {
class ComputePool;
class EventLoop;
class Logger;
class MetricsRegistry;
}  // namespace tenon

namespace tenon::http {

enum class HalfClose : std::uint8_t {
  kHangUp,  // FIN after a complete request means that nobody waits for the answer.
  kServe,   // Only RST or a failed write means that.
};

// When connections are taken. Those that come before wait in the kernel.
enum class Accepting : std::uint8_t {
  kFromStart,  // While not ready, each request is told so.
  kWhenReady,  // Somebody else still serves the socket.
};

// Raising a limit costs memory per connection at most; lowering one refuses sooner.
struct ServerOptions {
  // Affects behaviour.
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free port; `Server::Port` tells which.
  // A socket that listens already, instead of host and port. The server closes it.
  std::optional<int> listening_socket = {};
  Accepting accepting = Accepting::kFromStart;
  HalfClose half_close = HalfClose::kHangUp;
  std::size_t max_body_bytes = 25U << 20U;
  std::string max_body_setting = "TENON_MAX_REQUEST_BYTES";  // Named by the 413.
  std::size_t max_head_bytes = 64U << 10U;
  std::chrono::milliseconds head_timeout{10'000};  // First byte to the head's end.
  std::chrono::milliseconds idle_timeout{75'000};  // Between requests.
  std::chrono::milliseconds body_stall_timeout{
      30'000};                                   // Without a byte of a body, or of a reply taken.
  std::chrono::milliseconds request_timeout{0};  // Deadline of a request that names none; 0: none.
  std::optional<std::chrono::milliseconds> stream_timeout =
      {};  // The same where a stream is answered; absent: as that.
  std::chrono::milliseconds drain_delay{
      0};  // Serving on after SIGTERM, before the listener closes.
  std::chrono::milliseconds drain_timeout{25'000};  // After the signal, until cancellation.
  std::chrono::milliseconds join_timeout{3'000};    // After cancellation, until giving up.
  std::size_t max_connections = 65'536;
  // Affects performance.
  std::size_t loops = 1;
};

// What the server needs and does not own.
struct ServerDependencies {
  const Clock& clock;
  ComputePool& pool;
  Logger& log;
  MetricsRegistry& metrics;
};

enum class DrainMode : std::uint8_t {
  kWithDelay,  // SIGTERM: keep serving for `drain_delay` first.
  kNow,        // SIGINT.
  kHandOver,   // Another process serves the socket: no new connections, each old one ends with its
               // next reply, and health stays what it was.
};

// Listens from `Start` on, says 503 with the reason until `SetReady`, serves until `Drain`.
//
// One control thread (`RunControl`, usually main) accepts and deals connections out to the loops,
// answers `/ping` itself while every loop is stuck, and runs the way down. Each loop is a thread.
//
// Thread safety: `SetRoutes`, `SetReady`, `SetUnready` and `RequestDrain` from any thread
// (RequestDrain also from a signal handler); the rest from the thread that made it.
class TENON_EXPORT Server {
 public:
  // Binds the port and starts the loops; fails with what was asked for and what is in the way.
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, ServerDependencies needs);
  virtual ~Server();

  virtual std::uint16_t Port() const noexcept = 0;
  virtual const std::vector<EventLoop*>& Loops() const noexcept = 0;

  // Routes are set once, before `SetReady`; until then only health is answered.
  virtual void SetRoutes(std::vector<Route> routes) = 0;
  virtual void SetReady() = 0;
  // A reason that a client may read: "loading the model".
  virtual void SetUnready(std::string reason) = 0;

  // Begins the way down; a second call (kNow) ends it at once.
  virtual void RequestDrain(DrainMode mode) noexcept = 0;

  // Serves until drained. Returns what still ran when the join timed out: 0 is a clean end.
  virtual std::size_t RunControl() = 0;

 protected:
  Server() = default;
};

}  // namespace tenon::http
