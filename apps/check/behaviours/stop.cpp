// SPDX-License-Identifier: Apache-2.0
// What SIGTERM does. It is sent once; each behaviour looks at another side of what followed.
#include <fmt/format.h>
#include <poll.h>

#include <csignal>

#include "behaviours/behaviours.hpp"

namespace tenon::check {
namespace {

const WayDown& TakeDown(Session& session) {
  if (session.way_down) return *session.way_down;
  WayDown seen;
  Process& container = session.instance->Container();
  std::optional<Connection> slow;
  if (session.options.slow_payload) {
    if (auto opened = Connection::Open(session.address, In(5))) {
      slow.emplace(*std::move(opened));
      slow->Send(session.Invocation(*session.options.slow_payload), In(5));
      poll(nullptr, 0, 300);  // It is being worked on.
    }
  }
  const Time began = Now();
  container.Signal(SIGTERM);
  const Time killed = In(session.options.stop_timeout_s);
  // The signal needs a moment to get through.
  const Time settled = In(1);
  do {
    seen.ping_after = session.Ping();
  } while (seen.ping_after.reply.status == 200 && Now() < settled);
  if (slow) seen.in_flight = slow->AwaitReply(killed);
  seen.exit_status = container.AwaitEnd(killed);
  seen.seconds = SecondsSince(began);
  seen.port_still_open = Connection::Open(session.address, In(0.25)).Ok();
  seen.processes_left = container.Members().size();
  session.way_down = std::move(seen);
  return *session.way_down;
}

Outcome EndsInTime(Session& session) {
  const WayDown& seen = TakeDown(session);
  if (seen.exit_status) return Outcome::Holds(fmt::format("after {:.2f} s", seen.seconds));
  return Outcome::Fault(
      fmt::format("it still ran {:.0f} s after SIGTERM; SageMaker kills it then", seen.seconds));
}

Outcome ClosesPort(Session& session) {
  if (!TakeDown(session).port_still_open) return Outcome::Holds();
  return Outcome::Fault(
      "the port still takes connections after the first process has ended, so "
      "SIGTERM did not reach the one that serves");
}

Outcome LeavesNothing(Session& session) {
  const std::size_t left = TakeDown(session).processes_left;
  if (left == 0) return Outcome::Holds();
  return Outcome::Fault(fmt::format("{} processes are left", left));
}

Outcome EndsWithZero(Session& session) {
  const WayDown& seen = TakeDown(session);
  if (!seen.exit_status) return Outcome::Skipped("it did not end");
  if (*seen.exit_status == 0) return Outcome::Holds();
  return Outcome::Fault(fmt::format("its exit status is {}", *seen.exit_status));
}

Outcome FinishesWork(Session& session) {
  const auto& received = TakeDown(session).in_flight;
  if (!received) return Outcome::Skipped("the slow request could not be sent");
  if (received->ending == Ending::kReply && received->reply.status / 100 == 2) {
    return Outcome::Holds();
  }
  return Outcome::Fault("a request that was being worked on at SIGTERM: " + received->Text());
}

Outcome SaysThatItLeaves(Session& session) {
  const Received& ping = TakeDown(session).ping_after;
  if (ping.ending == Ending::kClosed) return Outcome::Holds("it listens no more");
  if (ping.ending == Ending::kReply && ping.reply.status / 100 == 5) return Outcome::Holds();
  return Outcome::Fault("a ping a second after SIGTERM: " + ping.Text());
}

}  // namespace

std::span<const Behaviour> StopBehaviours() {
  static constexpr Behaviour kBehaviours[] = {
      {"ends-in-time", Phase::kStopping, &EndsInTime},
      {"closes-port", Phase::kStopping, &ClosesPort},
      {"leaves-nothing", Phase::kStopping, &LeavesNothing},
      {"ends-with-zero", Phase::kStopping, &EndsWithZero},
      {"finishes-work", Phase::kStopping, &FinishesWork},
      {"says-that-it-leaves", Phase::kStopping, &SaysThatItLeaves},
  };
  return kBehaviours;
}

}  // namespace tenon::check
