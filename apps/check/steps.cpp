// SPDX-License-Identifier: Apache-2.0
#include "steps.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "request_text.hpp"

namespace tenon::check {
namespace {

using Fault = std::optional<std::string>;

// SageMaker gives a connection 250 ms; a machine under test is given more, a case of its own
// measures.
constexpr double kConnectLimit = 5;

void Pause(double seconds) { poll(nullptr, 0, static_cast<int>(seconds * 1000)); }

class Run {
 public:
  explicit Run(const Session& session) : session_(session), values_(session.values) {}

  Fault Do(const Step& step) {
    Connection* connection = nullptr;
    if (auto fault = Connect(step.on, connection)) return fault;
    const Time until = In(std::min(step.within_s, LimitOf(step)));
    if (auto fault = Send(step, *connection, until)) return fault;
    if (step.half_close) connection->HalfClose();
    Pause(step.pause_s);
    if (step.reset) {
      connection->Reset();
      connections_.erase(step.on);
      return std::nullopt;
    }
    return Receive(step, *connection, until);
  }

 private:
  // Streams may take longer than what --reply-timeout-s is about.
  double LimitOf(const Step& step) const {
    return step.within_s > 60 ? step.within_s : session_.options.reply_timeout_s;
  }

  Fault Connect(const std::string& name, Connection*& connection) {
    auto found = connections_.find(name);
    if (found == connections_.end()) {
      auto opened = Connection::Open(session_.address, In(kConnectLimit));
      if (!opened) return opened.Error().Detail();
      found = connections_.emplace(name, *std::move(opened)).first;
    }
    connection = &found->second;
    return std::nullopt;
  }

  // A peer that leaves meanwhile is no fault yet: what is expected says so.
  Fault Send(const Step& step, Connection& connection, Time until) {
    std::string bytes;
    if (step.request) {
      auto text = WriteRequest(*step.request, values_);
      if (!text) return text.Error().Detail();
      bytes += *text;
      connection.Reader().SetMethod(step.request->method);
    }
    if (step.send) {
      auto text = Expand(*step.send, values_);
      if (!text) return text.Error().Detail();
      bytes += *text;
    }
    if (step.send_hex) {
      auto text = FromHex(*step.send_hex);
      if (!text) return text.Error().Detail();
      bytes += *text;
    }
    const std::size_t most =
        step.request && step.request->write_bytes != 0 ? step.request->write_bytes : bytes.size();
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::string_view part = rest.substr(0, most);
      if (!connection.Send(part, until)) break;
      rest.remove_prefix(part.size());
      if (step.request && !rest.empty()) Pause(step.request->pause_s);
    }
    return std::nullopt;
  }

  Fault Receive(const Step& step, Connection& connection, Time until) {
    if (step.expect_interim && !connection.AwaitInterim(until)) {
      return "no 100 (Continue) came";
    }
    if (step.expect_hex) {
      const auto expected = FromHex(*step.expect_hex);
      if (!expected) return expected.Error().Detail();
      const std::string bytes = connection.AwaitBytes(expected->size(), until);
      if (bytes != *expected) {
        return fmt::format("{} bytes came, which are not {}", bytes.size(), *step.expect_hex);
      }
    }
    if (step.expect.empty()) return std::nullopt;
    for (std::size_t i = 0; i < step.replies; ++i) {
      const Received received = connection.AwaitReply(until);
      const Reference* reference = session_.reference ? &*session_.reference : nullptr;
      if (auto fault = Judge(received, step.expect, reference, values_)) return fault;
      if (received.ending != Ending::kReply) break;
      // The next step with this name opens another connection, as any client would.
      if (!received.reply.keeps_open && received.reply.status != 101) {
        connections_.erase(step.on);
        if (i + 1 < step.replies) {
          return "it closed the connection before all requests on it were answered";
        }
        break;
      }
    }
    return std::nullopt;
  }

  const Session& session_;
  Values values_;
  std::map<std::string, Connection, std::less<>> connections_;
};

}  // namespace

Outcome RunSteps(std::span<const Step> steps, const Session& session) {
  Run run(session);
  std::size_t number = 0;
  for (const Step& step : steps) {
    ++number;
    if (auto fault = run.Do(step)) {
      return Outcome::Fault(steps.size() == 1 ? *fault
                                              : fmt::format("step {}: {}", number, *fault));
    }
  }
  return Outcome::Holds();
}

}  // namespace tenon::check
