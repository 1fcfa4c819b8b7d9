// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/caller_loop.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "tenon/base/log.hpp"

namespace tenon::engine {

CallerLoop::CallerLoop(EpollLoop& loop, ReplicaGroup& group, const CallerOptions& options,
                       Logger& log)
    : loop_(loop), group_(group), options_(options), log_(log), random_(std::random_device()()) {}

CallerLoop::~CallerLoop() = default;

void CallerLoop::RefreshSoon() noexcept {
  if (!refresh_posted_.exchange(true)) loop_.Post(*this);
}

void CallerLoop::RunPosted() noexcept {
  refresh_posted_ = false;
  // Here nobody is inside a connection.
  std::erase_if(leaving_, [](const auto& connection) { return connection->IsOver(); });
  if (version_ != group_.Version()) Refresh();
  OnUsable();
}

void CallerLoop::Refresh() noexcept {
  version_ = group_.Version();
  const ReplicaStates states = group_.States();
  std::vector<std::unique_ptr<CallerConnection>> kept;
  std::vector<CallerConnection*> added;
  for (const auto& state : states) {
    const auto known =
        std::find_if(connections_.begin(), connections_.end(), [&](const auto& connection) {
          return connection != nullptr && connection->Replica() == state;
        });
    if (known != connections_.end()) {
      kept.push_back(std::move(*known));
    } else {
      kept.push_back(std::make_unique<CallerConnection>(*this, state));
      added.push_back(kept.back().get());
    }
  }
  for (auto& connection : connections_) {
    if (connection == nullptr) continue;
    connection->LetGo();
    leaving_.push_back(std::move(connection));
  }
  connections_ = std::move(kept);
  for (CallerConnection* connection : added) connection->Connect();
}

CallerConnection* CallerLoop::Choose() noexcept {
  candidates_.clear();
  for (const auto& connection : connections_) {
    const ReplicaState& replica = *connection->Replica();
    candidates_.push_back({.in_flight = replica.in_flight.load(std::memory_order_relaxed),
                           .is_usable = connection->IsUsable(),
                           .is_local = replica.is_local});
  }
  // splitmix64.
  random_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = random_;
  mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
  const auto chosen = ChooseReplica(candidates_, options_.limit, mixed ^ mixed >> 31U);
  return chosen ? connections_[*chosen].get() : nullptr;
}

void CallerLoop::Submit(OutgoingCall& call) noexcept {
  if (version_ != group_.Version()) Refresh();
  if (CallerConnection* const connection = Choose()) {
    if (auto sent = connection->Send(call); !sent) {
      call.OnFailed(std::move(sent).Error(), false);
    }
    return;
  }
  if (const auto why = group_.Unavailable()) {
    call.OnFailed(Error(ErrorCode::kUnavailable, "No replica of the model can take the request.")
                      .WithPrivateDetail(*why),
                  false);
    return;
  }
  waiting_.push_back(&call);
}

void CallerLoop::OnUsable() noexcept {
  // One that goes on may end others, which then leave the queue.
  for (std::size_t left = waiting_.size(); left > 0 && !waiting_.empty(); --left) {
    if (Choose() == nullptr && !group_.Unavailable()) return;
    OutgoingCall* const call = waiting_.front();
    waiting_.pop_front();
    Submit(*call);
  }
}

void CallerLoop::NoteGraph(std::uint64_t graph, const std::string& address) noexcept {
  if (graph == options_.graph || std::exchange(has_noted_graph_, true)) return;
  log_.Warning("a replica runs another build of the module; fields are matched by name",
               {{"deployment", options_.deployment}, {"address", address}});
}

}  // namespace tenon::engine
