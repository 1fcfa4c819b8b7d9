// SPDX-License-Identifier: Apache-2.0
#pragma once

// The replicas of one deployment in this process, and what a call to them does. Users need not read
// on: docs/deployments.md has the table of signatures that this file carries out.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/admission.hpp"
#include "tenon/serving/batched.hpp"
#include "tenon/serving/bound_deployment.hpp"
#include "tenon/serving/construction_scope.hpp"
#include "tenon/serving/handle.hpp"
#include "tenon/serving/infer_traits.hpp"
#include "tenon/serving/placement_learner.hpp"
#include "tenon/serving/step_cost.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/task/run_on.hpp"
#include "tenon/task/stopped.hpp"
#include "tenon/task/with_scope.hpp"

namespace tenon::serving {

// The context of a call that did not come from a request: everything empty.
TENON_EXPORT const RequestContext& EmptyRequestContext() noexcept;

// Which limits an `Infer` gets that names none.
TENON_EXPORT AdmissionLimits DefaultLimits(const DeploymentOptions& options, InferShape shape,
                                           std::size_t cpus) noexcept;

namespace detail {

// Errors: throws kInvalid, with the reader's faults.
TENON_EXPORT void ReadUserConfig(const schema::Type& type, void* config, const std::string& text);

template <class Member>
struct SingleArgument;
template <class D, class R, class A>
struct SingleArgument<R (D::*)(A)> {
  using Type = std::remove_cvref_t<A>;
};
template <class D, class R, class A>
struct SingleArgument<R (D::*)(A) noexcept> : SingleArgument<R (D::*)(A)> {};

// Calls `CheckHealth`, whichever of void (throws), bool or Result<> it returns.
template <class D>
Result<> CheckHealthOf(D& object) {
  if constexpr (requires { object.CheckHealth(); }) {
    try {
      using Returned = decltype(object.CheckHealth());
      if constexpr (std::is_void_v<Returned>) {
        object.CheckHealth();
      } else if constexpr (std::is_same_v<Returned, bool>) {
        if (!object.CheckHealth()) {
          return Error(ErrorCode::kUnavailable, "CheckHealth returned false.");
        }
      } else {
        return object.CheckHealth();
      }
    } catch (...) {
      return ErrorFromCurrentException();
    }
  }
  return {};
}

// Gives `user_config` to `Reconfigure`, read as the type that it takes by the rules of settings:
// initializers are defaults, unknown members are refused.
template <class D>
void ReconfigureFrom(D& object, const std::string& user_config) {
  if constexpr (requires { &D::Reconfigure; }) {
    typename SingleArgument<decltype(&D::Reconfigure)>::Type config{};
    ReadUserConfig(schema::TypeOf<decltype(config)>(), &config, user_config);
    object.Reconfigure(std::move(config));
  } else {
    throw Error(ErrorCode::kInvalid,
                "user_config was given, but the deployment has no Reconfigure to take it.");
  }
}

// One object of the user's class and what belongs to it.
template <class D>
class Replica {
 public:
  using Traits = InferTraits<D>;
  using Request = typename Traits::Request;
  using Response = typename Traits::Response;

  template <class Factory>
  Replica(const Factory& factory, const DeploymentOptions& options, EventLoop& home,
          const ReplicaServices& services, ComputeShare& share)
      : home_(&home) {
    ConstructionScope scope(options.batch);
    object_ = factory();
    if constexpr (Traits::kKind == InferKind::kBatch) {
      whole_infer_.emplace(*object_, &D::Infer, options.batch);
    }
    queues_ = scope.Queues();
    for (BatchQueue* queue : queues_) {
      queue->Attach(services.pool, services.clock, &share);
      queue->LogTo(services.log, options.name);
    }
    if (options.user_config) ReconfigureFrom(*object_, *options.user_config);
    if constexpr (requires { object_->WarmUp(); }) object_->WarmUp();
  }

  D& Object() const noexcept { return *object_; }
  EventLoop& Home() const noexcept { return *home_; }
  const std::vector<BatchQueue*>& Queues() const noexcept { return queues_; }
  BatchedCall<Response, Request> CallBatched(Request request) const {
    return (*whole_infer_)(std::move(request));
  }
  std::size_t Load() const {
    const BatchCounts counts = whole_infer_->Read();
    return counts.waiting + counts.running;
  }

 private:
  std::unique_ptr<D> object_;
  EventLoop* home_;
  std::vector<BatchQueue*> queues_;
  // Only where the whole Infer takes a batch; after the object, whose function it calls.
  struct None {};
  using WholeInfer = std::conditional_t<Traits::kKind == InferKind::kBatch,
                                        std::optional<Batched<Response(Request)>>, None>;
  [[no_unique_address]] WholeInfer whole_infer_;
};

template <class D>
using ResponseOfHandle = std::conditional_t<InferTraits<D>::kKind == InferKind::kStream,
                                            Stream<typename InferTraits<D>::Response>,
                                            typename InferTraits<D>::Response>;

}  // namespace detail

// Constructs, admits, calls. Thread safety: `Call` from any loop.
template <class D>
class ReplicaSet final
    : public Target<detail::ResponseOfHandle<D>, typename InferTraits<D>::Request> {
 public:
  using Traits = InferTraits<D>;
  using Request = typename Traits::Request;
  using Response = typename Traits::Response;
  using CallType = typename CallOf<detail::ResponseOfHandle<D>>::Type;

  // `factory()` makes one object. What it throws is passed on.
  template <class Factory>
  ReplicaSet(const Factory& factory, const DeploymentOptions& options,
             const ReplicaServices& services)
      : name_(options.name),
        share_(services.pool.MakeShare(options.compute_weight)),
        placement_(options.placement, services.clock),
        admission_(options.name, DefaultLimits(options, kShape, services.cpus),
                   kOneAtATime ? options.num_replicas : 0, &services.clock) {
    const std::size_t objects = Traits::kConst ? 1 : options.num_replicas;
    for (std::size_t i = 0; i < objects; ++i) {
      EventLoop& home = *services.loops[i % services.loops.size()];
      replicas_.push_back(
          std::make_unique<detail::Replica<D>>(factory, options, home, services, share_));
    }
    if (kOneAtATime && Traits::kKind != InferKind::kFunction && !replicas_[0]->Queues().empty()) {
      services.log.Log(LogLevel::kWarning,
                       "a batched function behind an Infer that is not const never sees more than "
                       "one item: make Infer const",
                       {{"deployment", name_}});
    }
  }

  CallType Call(Request request) override {
    if constexpr (Traits::kKind == InferKind::kStream) {
      return CallStream(std::move(request));
    } else if constexpr (Traits::kKind == InferKind::kTask) {
      return CallTask(std::move(request));
    } else if constexpr (Traits::kKind == InferKind::kBatch) {
      return CallBatch(std::move(request));
    } else {
      return CallFunction(std::move(request));
    }
  }

  Result<> CheckHealth() {
    for (const auto& replica : replicas_) {
      if (auto health = detail::CheckHealthOf(replica->Object()); !health) return health;
    }
    return {};
  }

  // One curve for each batched function, in the order of Read; more or fewer are left alone.
  void RestoreBatching(std::span<const std::vector<BatchCostPoint>> curves) {
    std::size_t next = 0;
    for (const auto& replica : replicas_) {
      for (BatchQueue* queue : replica->Queues()) {
        if (next == curves.size()) return;
        queue->Restore(curves[next++]);
      }
    }
  }

  DeploymentStatus Read() const {
    DeploymentStatus status{.admission = admission_.Read(),
                            .limits = admission_.Limits(),
                            .replicas = replicas_.size(),
                            .batching = {},
                            .batch_options = {}};
    for (const auto& replica : replicas_) {
      for (const BatchQueue* queue : replica->Queues()) {
        status.batching.push_back(queue->Report());
        if (!status.batch_options) status.batch_options = queue->Options();
      }
    }
    return status;
  }

 private:
  static constexpr InferShape kShape{.kind = Traits::kKind, .is_const = Traits::kConst};
  // A batch queue serialises its own runs, so what comes before it may overlap.
  static constexpr bool kOneAtATime = !Traits::kConst && Traits::kKind != InferKind::kBatch;

  // Marks the loop as held by this deployment, for the watchdog, and gives it back.
  class Activity {
   public:
    Activity(const Scope& outer, const ReplicaSet& set) : outer_(outer), inner_(outer) {
      inner_.activity = set.name_.c_str();
      inner_.share = &set.share_;
      outer_.loop->SetActivity(inner_.activity);
    }
    ~Activity() { outer_.loop->SetActivity(outer_.activity); }
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;
    const Scope& Inner() const noexcept { return inner_; }

   private:
    const Scope& outer_;
    Scope inner_;
  };

  static const RequestContext& ContextOf(const Scope& scope) noexcept {
    return scope.request != nullptr ? *scope.request : EmptyRequestContext();
  }

  template <class Payload>
  static decltype(auto) Invoke(D& object, Payload&& payload, const Scope& scope) {
    if constexpr (Traits::kTakesContext) {
      return object.Infer(std::forward<Payload>(payload), ContextOf(scope));
    } else {
      return object.Infer(std::forward<Payload>(payload));
    }
  }

  Task<Response> CallTask(Request request) {
    const Scope& outer = co_await CurrentScope();
    // What a step takes matters to callers that have a deadline; the others neither ask nor pay.
    const bool is_timed = !outer.deadline.IsNever();
    if (is_timed && cost_.IsHopeless(outer.deadline, outer.loop->Now())) co_return DeadlineError();
    const Result<Permit> permit = co_await AsResult(admission_.Acquire());
    if (!permit) co_return permit.Error();
    TimePoint begun{};
    if (is_timed) {
      begun = outer.loop->Now();
      // It may have waited for its permit.
      if (cost_.IsHopeless(outer.deadline, begun)) co_return DeadlineError();
    }
    const Activity activity(outer, *this);
    const detail::Replica<D>& replica = *replicas_[permit->Slot()];
    auto work = Invoke(replica.Object(), std::move(request), outer);
    if constexpr (kOneAtATime) {
      auto outcome =
          co_await AsResult(WithScope(activity.Inner(), RunOn(replica.Home(), std::move(work))));
      if (is_timed && outcome) cost_.Record(outer.loop->Now() - begun);
      co_return std::move(outcome);
    } else {
      auto outcome = co_await AsResult(WithScope(activity.Inner(), std::move(work)));
      if (is_timed && outcome) cost_.Record(outer.loop->Now() - begun);
      co_return std::move(outcome);
    }
  }

  Stream<Response> CallStream(Request request) {
    const Scope& outer = co_await CurrentScope();
    const Permit permit = co_await admission_.Acquire();
    const detail::Replica<D>& replica = *replicas_[permit.Slot()];
    auto items = Invoke(replica.Object(), std::move(request), outer);
    for (;;) {
      std::optional<Response> item;
      {
        const Activity activity(outer, *this);
        if constexpr (kOneAtATime) {
          item = co_await WithScope(activity.Inner(), RunOn(replica.Home(), items.Next()));
        } else {
          item = co_await WithScope(activity.Inner(), items.Next());
        }
      }
      if (!item) co_return;
      co_yield std::move(*item);
    }
  }

  Task<Response> CallFunction(Request request) {
    const Scope& outer = co_await CurrentScope();
    if (placement_.IsHopeless(outer)) co_return DeadlineError();
    const Result<Permit> permit = co_await AsResult(admission_.Acquire());
    if (!permit) co_return permit.Error();
    const Activity activity(outer, *this);
    D& object = replicas_[permit->Slot()]->Object();
    const auto invoke = [&] {
      std::optional<PlacementLearner::Stopwatch> watch;
      if (placement_.Measures()) watch.emplace(placement_);
      return Result<Response>(Invoke(object, std::as_const(request), outer));
    };
    if (placement_.IsHopeless(outer)) co_return DeadlineError();
    if (placement_.Choose(outer) == Placement::kInline) co_return invoke();
    auto outcome = co_await AsResult(WithScope(activity.Inner(), Compute(invoke)));
    if (!outcome) co_return std::move(outcome).Error();
    co_return *std::move(outcome);
  }

  Task<Response> CallBatch(Request request) {
    const Scope& outer = co_await CurrentScope();
    const Result<Permit> permit = co_await AsResult(admission_.Acquire());
    if (!permit) co_return permit.Error();
    const Activity activity(outer, *this);
    co_return co_await AsResult(
        WithScope(activity.Inner(), LeastLoaded().CallBatched(std::move(request))));
  }

  const detail::Replica<D>& LeastLoaded() const {
    if (replicas_.size() == 1) return *replicas_[0];
    return **std::min_element(replicas_.begin(), replicas_.end(),
                              [](const auto& a, const auto& b) { return a->Load() < b->Load(); });
  }

  // Const after construction.
  const std::string name_;
  ComputeShare& share_;
  // Synchronise themselves.
  StepCost cost_;
  PlacementLearner placement_;
  Admission admission_;
  // Const after construction.
  std::vector<std::unique_ptr<detail::Replica<D>>> replicas_;
};

}  // namespace tenon::serving
