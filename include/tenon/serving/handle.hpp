// SPDX-License-Identifier: Apache-2.0
#pragma once

// How one deployment calls another, and how the driver calls the model.

#include <string_view>
#include <type_traits>
#include <utility>

#include "tenon/serving/infer_traits.hpp"
#include "tenon/task/stream.hpp"
#include "tenon/task/task.hpp"

namespace tenon {

namespace serving {

// What a call through a handle gives: a Task for one response, a Stream for many.
template <class R>
struct CallOf {
  using Type = Task<R>;
};
template <class R>
struct CallOf<Stream<R>> {
  using Type = Stream<R>;
};

// What an engine puts behind a handle. Thread safety: `Call` from any loop.
template <class R, class A>
class Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual ~Target() = default;
  virtual typename CallOf<R>::Type Call(A request) = 0;
};

// Where a handle looks for its target: filled in when the application is materialised.
template <class R, class A>
struct TargetSlot {
  Target<R, A>* target = nullptr;
  std::string_view name;
};

}  // namespace serving

template <class Signature>
class Handle;

// A typed reference to a bound deployment: `Handle<Response(Request)>`, or
// `Handle<Stream<Response>(Request)>` for one that streams. Cheap to copy.
//
//   Label label = co_await classifier(text);
//   Result<Label> label = co_await classifier(text).AsResult();
//   auto [label, fields] = co_await WhenAll(classifier(text), extractor(text));
//
// Nothing happens before the call is awaited; then it is admitted, queued or refused
// (kOverloaded). Deadline, stop and request context flow along by themselves. Handles whose types
// do not match do not compile.
//
// Not for a synchronous `Infer`: it runs on the compute pool and must not wait.
// Lifetime: valid as long as the application that bound it. Thread safety: a value; calls may come
// from any loop.
template <class R, class A>
class Handle<R(A)> {
 public:
  using Request = A;
  using Response = R;

  explicit Handle(const serving::TargetSlot<R, A>& slot) noexcept : slot_(&slot) {}

  // Errors: kOverloaded when the queue is full; kCancelled and kDeadlineExceeded when nobody waits
  // any more; whatever the deployment fails with.
  typename serving::CallOf<R>::Type operator()(A request) const {
    return slot_->target->Call(std::move(request));
  }
  // The request's fields instead of the request.
  template <class First, class Second, class... Rest>
    requires std::is_aggregate_v<A>
  typename serving::CallOf<R>::Type operator()(First&& first, Second&& second,
                                               Rest&&... rest) const {
    return (*this)(
        A{std::forward<First>(first), std::forward<Second>(second), std::forward<Rest>(rest)...});
  }

  // The deployment's name.
  std::string_view Name() const noexcept { return slot_->name; }

 private:
  const serving::TargetSlot<R, A>* slot_;
};

namespace serving {

template <class D>
using HandleSignature =
    std::conditional_t<InferTraits<D>::kKind == InferKind::kStream,
                       Stream<typename InferTraits<D>::Response>(typename InferTraits<D>::Request),
                       typename InferTraits<D>::Response(typename InferTraits<D>::Request)>;

}  // namespace serving

// The handle that `Bind<D>` gives.
template <class D>
using HandleOf = Handle<serving::HandleSignature<D>>;

}  // namespace tenon
