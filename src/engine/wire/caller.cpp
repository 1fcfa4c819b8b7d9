// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/caller.hpp"

#include <algorithm>
#include <utility>

#include "tenon/serving/replica_set.hpp"
#include "tenon/task/stopped.hpp"

namespace tenon::engine {
namespace {

// As of the replicas, all together.
serving::AdmissionLimits LimitsOf(const serving::BoundDeployment& deployment, std::size_t cpus) {
  const serving::InferShape shape = deployment.Shape();
  serving::AdmissionLimits limits = serving::DefaultLimits(deployment.Options(), shape, cpus);
  if (!shape.is_const && shape.kind != serving::InferKind::kBatch) {
    limits.max_ongoing_requests = deployment.Options().num_replicas;
    limits.adapts_ongoing = false;
  }
  return limits;
}

CallerOptions WithLimit(CallerOptions options, const serving::BoundDeployment& deployment,
                        std::size_t cpus) {
  options.deployment = deployment.Name();
  options.limit = LimitsOf(deployment, cpus).max_ongoing_requests /
                  std::max<std::size_t>(deployment.Options().num_replicas, 1);
  return options;
}

}  // namespace

Result<std::vector<EpollLoop*>> SocketLoops(std::span<EventLoop* const> loops) {
  std::vector<EpollLoop*> sockets;
  for (EventLoop* loop : loops) {
    auto* const socket_loop = dynamic_cast<EpollLoop*>(loop);
    if (socket_loop == nullptr) {
      return Error(ErrorCode::kInternal, "Replicas in other processes need loops with sockets.");
    }
    sockets.push_back(socket_loop);
  }
  return sockets;
}

Caller::Caller(const serving::BoundDeployment& deployment, std::span<EpollLoop* const> loops,
               CallerOptions options, const serving::ReplicaServices& services)
    : deployment_(deployment),
      options_(WithLimit(std::move(options), deployment, services.cpus)),
      admission_(deployment.Name(), LimitsOf(deployment, services.cpus), 0, &services.clock) {
  loops_.reserve(loops.size());
  for (EpollLoop* loop : loops) {
    loops_.push_back(std::make_unique<CallerLoop>(*loop, group_, options_, services.log));
  }
}

Caller::~Caller() = default;

void Caller::Apply(const PeerTable& table) {
  std::vector<ReplicaGroup::Entry> entries;
  entries.reserve(table.replicas.size());
  for (const PeerEntry& peer : table.replicas) {
    entries.push_back({.address = peer.address, .is_local = peer.is_local});
  }
  group_.SetUnavailable(table.unavailable);
  group_.Update(entries);
  for (const auto& loop : loops_) loop->RefreshSoon();
}

CallerLoop& Caller::LoopOf(const Scope& scope) const {
  for (const auto& loop : loops_) {
    if (&loop->Loop() == scope.loop) return *loop;
  }
  throw Error(ErrorCode::kInternal, "A handle was called on a loop that is not the engine's.");
}

Task<Unit> Caller::Call(const void* request, void* response) {
  const Scope& scope = co_await CurrentScope();
  const Result<serving::Permit> permit = co_await AsResult(admission_.Acquire());
  if (!permit) co_return permit.Error();
  CallerLoop& loop = LoopOf(scope);
  for (int attempt = 1;; ++attempt) {
    OutgoingCall call(loop, {.request_type = deployment_.RequestType(),
                             .request = request,
                             .response_type = deployment_.ResponseType(),
                             .response = response});
    const Result<CallEvent> event = co_await AsResult(call.Next());
    if (event) co_return Unit{};
    if (!call.IsUnstarted() || attempt == kAttempts || IsStopped(scope)) co_return event.Error();
  }
}

Stream<Unit> Caller::Open(const void* request, void* item) {
  const Scope& scope = co_await CurrentScope();
  CallerLoop& loop = LoopOf(scope);
  const serving::Permit permit = co_await admission_.Acquire();
  for (int attempt = 1;; ++attempt) {
    OutgoingCall call(loop, {.request_type = deployment_.RequestType(),
                             .request = request,
                             .response_type = deployment_.ResponseType(),
                             .response = item,
                             .is_stream = true});
    for (bool has_begun = false;; has_begun = true) {
      const Result<CallEvent> event = co_await AsResult(call.Next());
      if (!event) {
        if (!has_begun && call.IsUnstarted() && attempt < kAttempts) break;
        throw event.Error();
      }
      if (*event == CallEvent::kEnd) co_return;
      co_yield Unit{};
    }
  }
}

serving::DeploymentStatus Caller::Read() const {
  return {.admission = admission_.Read(),
          .limits = admission_.Limits(),
          .replicas = group_.States().size(),
          .batching = {},
          .batch_options = {}};
}

Result<> Caller::CheckHealth() {
  if (const auto why = group_.Unavailable()) {
    return Error(ErrorCode::kUnavailable, "No replica of '" + options_.deployment + "' is alive.")
        .WithPrivateDetail(*why);
  }
  return {};
}

}  // namespace tenon::engine
