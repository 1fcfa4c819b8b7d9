// SPDX-License-Identifier: Apache-2.0
// What many requests at once, and many after each other, do to a container.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "behaviours/behaviours.hpp"

namespace tenon::check {
namespace {

bool IsHealthy(const Received& received) {
  return received.ending == Ending::kReply && received.reply.status == 200;
}

// Connections that have sent an invocation each.
Result<std::vector<Connection>> SendMany(const Session& session, std::size_t count,
                                         const std::string& payload) {
  const std::string bytes = session.Invocation(payload);
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < count; ++i) {
    auto opened = Connection::Open(session.address, In(5));
    if (!opened) return std::move(opened).Error();
    opened->Send(bytes, In(session.options.reply_timeout_s));
    connections.push_back(*std::move(opened));
  }
  return connections;
}

// So that the next case begins with a container at rest.
void AwaitRest(const Session& session) {
  for (const Time until = In(session.options.reply_timeout_s); Now() < until;) {
    if (IsHealthy(session.Ping())) return;
  }
}

Outcome PingsWhileSaturated(Session& session) {
  const std::string& payload =
      session.options.slow_payload ? *session.options.slow_payload : *session.options.payload;
  {
    auto busy = SendMany(session, 64, payload);
    if (!busy) return Outcome::Fault(busy.Error().Detail());
    for (int i = 0; i < 5; ++i) {
      const Received received = session.Ping();
      if (IsHealthy(received)) continue;
      return Outcome::Fault("with 64 requests in flight, a ping within 2 s: " + received.Text());
    }
  }
  AwaitRest(session);
  return Outcome::Holds();
}

Outcome AnswersManyAtOnce(Session& session) {
  constexpr std::size_t kAtOnce = 16;
  auto busy = SendMany(session, kAtOnce, *session.options.payload);
  if (!busy) return Outcome::Fault(busy.Error().Detail());
  const Time until = In(session.options.reply_timeout_s);
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    const Received received = (*busy)[i].AwaitReply(until);
    if (received.ending != Ending::kReply || received.reply.status != session.reference->status) {
      return Outcome::Fault(
          fmt::format("request {} of {} at once: {}", i + 1, kAtOnce, received.Text()));
    }
  }
  return Outcome::Holds();
}

Outcome BearsIdleConnections(Session& session) {
  std::vector<Connection> idle;
  for (int i = 0; i < 200; ++i) {
    auto opened = Connection::Open(session.address, In(5));
    if (!opened)
      return Outcome::Fault(fmt::format("connection {}: {}", i + 1, opened.Error().Detail()));
    idle.push_back(*std::move(opened));
  }
  const Received received = session.Ping();
  if (IsHealthy(received)) return Outcome::Holds();
  return Outcome::Fault("with 200 idle connections, a ping: " + received.Text());
}

Outcome KeepsMemory(Session& session) {
  constexpr std::size_t kAllowedBytes = 64U << 20U;
  // A slow model is given as many as it takes in a while.
  const auto load = [&session] {
    const Time until = In(5);
    for (int i = 0; i < 200 && Now() < until; ++i) {
      session.Invoke(session.options.payload.value_or(""), session.options.reply_timeout_s);
      session.Invoke(session.options.bad_payload, session.options.reply_timeout_s);
    }
  };
  load();  // What is allocated once is no leak.
  const std::size_t before = session.instance->Container().ResidentBytes();
  load();
  const std::size_t after = session.instance->Container().ResidentBytes();
  const std::size_t grown = after > before ? after - before : 0;
  const std::string text = fmt::format("{} MiB, {} MiB more than half of the requests before",
                                       after >> 20U, grown >> 20U);
  return grown <= kAllowedBytes ? Outcome::Holds(text) : Outcome::Fault(text);
}

std::size_t LinesOf(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Outcome LogsNoPings(Session& session) {
  session.Ping();
  Process& container = session.instance->Container();
  const std::size_t before = LinesOf(container.Output());
  for (int i = 0; i < 20; ++i) session.Ping();
  // Its log may be written by another thread, after the reply.
  container.AwaitEnd(In(0.3));
  const std::size_t lines = LinesOf(container.Output()) - before;
  if (lines < 20) return Outcome::Holds();
  return Outcome::Fault(fmt::format("{} lines of log for 20 pings", lines));
}

}  // namespace

std::span<const Behaviour> LoadBehaviours() {
  static constexpr Behaviour kBehaviours[] = {
      {"pings-while-saturated", Phase::kServing, &PingsWhileSaturated},
      {"answers-many-at-once", Phase::kServing, &AnswersManyAtOnce},
      {"bears-idle-connections", Phase::kServing, &BearsIdleConnections},
      {"keeps-memory", Phase::kServing, &KeepsMemory},
      {"logs-no-pings", Phase::kServing, &LogsNoPings},
  };
  return kBehaviours;
}

}  // namespace tenon::check
