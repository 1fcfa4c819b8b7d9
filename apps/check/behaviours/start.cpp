// SPDX-License-Identifier: Apache-2.0
// How the container comes up and where it can be reached.
#include <fmt/format.h>

#include <algorithm>

#include "behaviours/behaviours.hpp"

namespace tenon::check {
namespace {

constexpr double kServerlessBudget_s = 180;
constexpr double kAcceptLimit_s = 0.25;
constexpr double kPingLimit_s = 2;

Outcome WithinBudget(Session& session) {
  if (session.start_failure) return Outcome::Fault(*session.start_failure);
  return Outcome::Holds(fmt::format("ready after {:.3f} s", session.instance->Seen().ready_s));
}

Outcome WithinServerlessBudget(Session& session) {
  if (session.start_failure) return Outcome::Fault(*session.start_failure);
  const double ready_s = session.instance->Seen().ready_s;
  if (ready_s <= kServerlessBudget_s) return Outcome::Holds();
  return Outcome::Fault(fmt::format("ready after {:.0f} s", ready_s));
}

// A start that fails may have any reason; only one that works without the argument blames it.
Outcome TakesServe(Session& session) {
  if (session.options.as_is) return Outcome::Skipped("--as-is was given");
  if (!session.start_failure) return Outcome::Holds();
  Options without = session.options;
  without.as_is = true;
  if (Instance::Start(without)) {
    return Outcome::Fault("it starts, but not with the argument 'serve'");
  }
  return Outcome::Skipped("it does not start without the argument 'serve' either");
}

Outcome AnswersBeforeReady(Session& session) {
  const auto status = session.instance->Seen().unready_status;
  if (!status) return Outcome::Skipped("it was ready as soon as it listened");
  if (*status == 503) return Outcome::Holds();
  return Outcome::Fault(fmt::format("before it was ready, /ping gave {}", *status));
}

// Every address of 127.0.0.0/8 is this machine; one other than 127.0.0.1 is reached by those only
// who listen on all interfaces.
Outcome ListensEverywhere(Session& session) {
  const Address other{.host = "127.0.0.2", .port = session.address.port};
  if (Connection::Open(other, In(1))) return Outcome::Holds();
  return Outcome::Fault("it listens on 127.0.0.1 only, where nobody outside the container is");
}

Outcome AcceptsQuickly(Session& session) {
  double slowest = 0;
  for (int i = 0; i < 20; ++i) {
    const Time began = Now();
    if (auto opened = Connection::Open(session.address, In(2)); !opened) {
      return Outcome::Fault(opened.Error().Detail());
    }
    slowest = std::max(slowest, SecondsSince(began));
  }
  if (slowest <= kAcceptLimit_s) return Outcome::Holds();
  return Outcome::Fault(fmt::format("a connection took {:.0f} ms", slowest * 1000));
}

Outcome PingsInTime(Session& session) {
  double slowest = 0;
  for (int i = 0; i < 20; ++i) {
    const Time began = Now();
    const Received received = session.Ping();
    slowest = std::max(slowest, SecondsSince(began));
    if (received.ending != Ending::kReply || received.reply.status != 200) {
      return Outcome::Fault(fmt::format("ping {} of 20: {}", i + 1, received.Text()));
    }
  }
  if (slowest <= kPingLimit_s) {
    return Outcome::Holds(fmt::format("the slowest took {:.1f} ms", slowest * 1000));
  }
  return Outcome::Fault(fmt::format("a ping took {:.1f} s", slowest));
}

}  // namespace

std::span<const Behaviour> StartBehaviours() {
  static constexpr Behaviour kBehaviours[] = {
      {"within-budget", Phase::kServing, &WithinBudget},
      {"within-serverless-budget", Phase::kServing, &WithinServerlessBudget},
      {"takes-serve", Phase::kServing, &TakesServe},
      {"answers-before-ready", Phase::kServing, &AnswersBeforeReady},
      {"listens-everywhere", Phase::kServing, &ListensEverywhere},
      {"accepts-quickly", Phase::kServing, &AcceptsQuickly},
      {"pings-in-time", Phase::kServing, &PingsInTime},
  };
  return kBehaviours;
}

}  // namespace tenon::check
