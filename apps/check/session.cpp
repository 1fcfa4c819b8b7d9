// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <unistd.h>

#include <array>

#include "behaviours/behaviours.hpp"
#include "request_text.hpp"
#include "steps.hpp"

namespace tenon::check {
namespace {

constexpr double kPingLimit = 2;

using Given = bool (*)(const Session& session);

struct Need {
  std::string_view name;
  Given given;
  std::string_view otherwise;
};

constexpr std::array kNeeds = {
    Need{"payload", [](const Session& s) { return s.options.payload.has_value(); },
         "no --payload was given"},
    Need{"answered", [](const Session& s) { return s.reference && s.reference->status / 100 == 2; },
         "the payload was not answered with 2xx"},
    Need{"json",
         [](const Session& s) { return s.options.content_type.starts_with("application/json"); },
         "only a JSON payload can be made longer without changing it"},
    Need{"slow_payload", [](const Session& s) { return s.options.slow_payload.has_value(); },
         "no --slow-payload was given"},
    Need{"command", [](const Session& s) { return s.options.StartsContainer(); },
         "the container was not started by this program"},
    Need{"local", [](const Session& s) { return !s.options.command.empty(); },
         "the processes of the container cannot be seen from here"},
    Need{"model_directory", [](const Session& s) { return s.options.model_directory.has_value(); },
         "no --model-dir was given"},
    Need{"root", [](const Session& s) { return !s.options.image.empty() || geteuid() == 0; },
         "starting as another user takes root"},
    Need{"plain_reply", [](const Session& s) { return !s.options.Has("streaming"); },
         "the payload is answered by a stream"},
    Need{"streaming", [](const Session& s) { return s.options.Has("streaming"); },
         "without --streaming"},
    Need{"bidirectional", [](const Session& s) { return s.options.Has("bidirectional"); },
         "without --bidirectional"},
    Need{"openai", [](const Session& s) { return s.options.Has("openai"); }, "without --openai"},
    Need{"sessions", [](const Session& s) { return s.options.Has("sessions"); },
         "without --sessions"},
    Need{"multi_model", [](const Session& s) { return s.options.Has("multi_model"); },
         "without --multi-model"},
    Need{"two_artifacts", [](const Session& s) { return s.options.artifacts.size() > 1; },
         "it takes a second --artifact"},
};

}  // namespace

Received Session::Ping() const {
  auto connection = Connection::Open(address, In(kPingLimit));
  if (!connection) return {.ending = Ending::kClosed, .reply = {}, .problem = {}};
  const Time until = In(kPingLimit);
  connection->Send(
      "GET /ping HTTP/1.1\r\nHost: model.aws.local:8080\r\nUser-Agent: AHC/2.0\r\n\r\n", until);
  return connection->AwaitReply(until);
}

std::string Session::Invocation(const std::string& payload) const {
  Values filled = values;
  filled["payload"] = payload;
  RequestStep step;
  step.body = "${payload}";
  auto text = WriteRequest(step, filled);
  return text ? *text : "";
}

Received Session::Invoke(const std::string& payload, double within_s) const {
  const Time until = In(within_s);
  auto connection = Connection::Open(address, until);
  if (!connection) return {.ending = Ending::kClosed, .reply = {}, .problem = {}};
  connection->Send(Invocation(payload), until);
  return connection->AwaitReply(until);
}

void Prepare(Session& session) {
  const Options& options = session.options;
  session.values = {{"host", session.address.Text()},
                    {"content_type", options.content_type},
                    {"accept", options.accept},
                    {"bad_payload", options.bad_payload}};
  for (std::size_t i = 0; i < options.artifacts.size(); ++i) {
    session.values["artifact" + std::to_string(i + 1)] = options.artifacts[i];
  }
  if (!options.payload) return;
  session.values["payload"] = *options.payload;
  session.values["payload_bytes"] = std::to_string(options.payload->size());
  // A multi-model container answers at /models/NAME/invoke only.
  if (options.Has("multi_model")) return;
  const Received first = session.Invoke(*options.payload, options.reply_timeout_s);
  if (first.ending != Ending::kReply) return;
  session.reference =
      Reference{.status = first.reply.status, .body = first.reply.body, .same_every_time = false};
  const Received second = session.Invoke(*options.payload, options.reply_timeout_s);
  session.reference->same_every_time =
      second.ending == Ending::kReply && second.reply.body == first.reply.body;
}

std::optional<std::string> WhatIsMissing(const Case& checked, const Session& session) {
  for (const std::string& name : checked.needs) {
    bool known = false;
    for (const Need& need : kNeeds) {
      if (need.name != name) continue;
      known = true;
      if (!need.given(session)) return std::string(need.otherwise);
    }
    if (!known) return "the case needs '" + name + "', which nobody can give";
  }
  return std::nullopt;
}

Outcome Check(const Case& checked, Session& session) {
  if (auto missing = WhatIsMissing(checked, session)) return Outcome::Skipped(*std::move(missing));
  if (!checked.behaviour) return RunSteps(checked.steps, session);
  const Behaviour* behaviour = FindBehaviour(*checked.behaviour);
  if (behaviour == nullptr) {
    return Outcome::Fault("the case names the behaviour '" + *checked.behaviour +
                          "', which does not exist");
  }
  return behaviour->check(session);
}

}  // namespace tenon::check
