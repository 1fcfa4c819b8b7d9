// SPDX-License-Identifier: Apache-2.0
// Starts in other surroundings: another port, another user, a model directory that is not to be
// written to.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include "behaviours/behaviours.hpp"

namespace tenon::check {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSomeUser = 10'001;

// A start that took seconds does not take minutes the next time.
Result<Instance> StartAgain(const Session& session, const Variation& variation = {}) {
  Options options = session.options;
  options.startup_timeout_s = std::min(options.startup_timeout_s, 10 + 5 * session.start_took_s);
  return Instance::Start(options, variation);
}

// A ping and, where there is a payload, an invocation.
Outcome Serves(Session& session, const Instance& instance) {
  Session there{.options = session.options,
                .address = instance.Where(),
                .instance = std::nullopt,
                .start_took_s = 0,
                .start_failure = std::nullopt,
                .reference = std::nullopt,
                .values = session.values,
                .way_down = std::nullopt};
  const Received ping = there.Ping();
  if (ping.ending != Ending::kReply || ping.reply.status != 200) {
    return Outcome::Fault("a ping: " + ping.Text());
  }
  if (!session.options.payload || !session.reference) return Outcome::Holds();
  const Received reply = there.Invoke(*session.options.payload, 60);
  if (reply.ending == Ending::kReply && reply.reply.status == session.reference->status) {
    return Outcome::Holds();
  }
  return Outcome::Fault("an invocation: " + reply.Text());
}

Outcome ObeysBindToPort(Session& session) {
  const auto instance =
      StartAgain(session, {.port = FreePort(), .environment = {}, .user = std::nullopt});
  if (!instance) return Outcome::Fault(instance.Error().Detail());
  return Serves(session, *instance);
}

Outcome StaysInSafeRange(Session& session) {
  const std::uint16_t port = FreePort();
  const int first = port < 60'000 ? port + 1 : port - 11;
  auto instance = StartAgain(
      session,
      {.port = port,
       .environment = {{"SAGEMAKER_SAFE_PORT_RANGE", fmt::format("{}-{}", first, first + 10)}},
       .user = std::nullopt});
  if (!instance) return Outcome::Fault(instance.Error().Detail());
  for (const std::uint16_t open : instance->Container().ListeningPorts()) {
    if (open != port && (open < first || open > first + 10)) {
      return Outcome::Fault(
          fmt::format("it listens on {} although the range is {}-{}", open, first, first + 10));
    }
  }
  return Outcome::Holds();
}

Outcome RunsAsAnyUser(Session& session) {
  const auto instance =
      StartAgain(session, {.port = std::nullopt, .environment = {}, .user = kSomeUser});
  if (!instance) return Outcome::Fault(instance.Error().Detail());
  return Serves(session, *instance);
}

using Listing = std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>>;

Listing ListFiles(const fs::path& folder) {
  Listing listing;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unread;
    const bool is_file = entry->is_regular_file(unread);
    listing[entry->path().string()] = {is_file ? entry->file_size(unread) : 0,
                                       entry->last_write_time(unread)};
  }
  return listing;
}

Outcome LeavesModelDirectory(Session& session) {
  const fs::path& folder = *session.options.model_directory;
  const Listing before = ListFiles(folder);
  {
    const auto instance = StartAgain(session);
    if (!instance) return Outcome::Fault(instance.Error().Detail());
    if (Outcome served = Serves(session, *instance); served.kind != Outcome::Kind::kHolds) {
      return served;
    }
  }
  const Listing after = ListFiles(folder);
  for (const auto& [name, state] : after) {
    const auto known = before.find(name);
    if (known == before.end()) return Outcome::Fault("it made " + name);
    if (known->second != state) return Outcome::Fault("it changed " + name);
  }
  if (after.size() < before.size()) return Outcome::Fault("it removed something");
  return Outcome::Holds();
}

}  // namespace

std::span<const Behaviour> EnvironmentBehaviours() {
  static constexpr Behaviour kBehaviours[] = {
      {"obeys-bind-to-port", Phase::kAgain, &ObeysBindToPort},
      {"stays-in-safe-range", Phase::kAgain, &StaysInSafeRange},
      {"runs-as-any-user", Phase::kAgain, &RunsAsAnyUser},
      {"leaves-model-directory", Phase::kAgain, &LeavesModelDirectory},
  };
  return kBehaviours;
}

}  // namespace tenon::check
