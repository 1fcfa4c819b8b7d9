// SPDX-License-Identifier: Apache-2.0
#pragma once

// A callable that collects single calls into batches.

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/serving/batch_queue.hpp"
#include "tenon/serving/construction_scope.hpp"
#include "tenon/task/operation.hpp"

namespace tenon {

namespace serving {

// The user's batch function with its types, and what it does when it misbehaves.
template <class R, class A>
class TypedBatch final : public BatchFunction {
 public:
  using PlainFunction = std::function<std::vector<R>(std::span<const A>)>;
  using ResultFunction = std::function<std::vector<Result<R>>(std::span<const A>)>;

  // An item with its place for the result; the awaiting coroutine holds it.
  class Item : public BatchItem {
   public:
    explicit Item(A value) : value_(std::move(value)) {}

   protected:
    ~Item() = default;
    friend class TypedBatch;
    A value_;
    std::optional<Result<R>> result_;
  };

  TypedBatch(PlainFunction plain, ResultFunction each)
      : plain_(std::move(plain)), each_(std::move(each)) {}

  // Items are moved into one contiguous batch; each gets its own result. What throws, or returns
  // the wrong number, fails this batch and nothing else.
  void RunBatch(std::span<BatchItem* const> items) noexcept override {
    try {
      std::vector<A> batch;
      batch.reserve(items.size());
      for (BatchItem* item : items) batch.push_back(std::move(static_cast<Item*>(item)->value_));
      if (each_) {
        Distribute(each_(std::span<const A>(batch)), items);
      } else {
        Distribute(plain_(std::span<const A>(batch)), items);
      }
    } catch (...) {
      FailAll(ErrorFromCurrentException(), items);
    }
  }

 private:
  template <class T>
  static void Distribute(std::vector<T> results, std::span<BatchItem* const> items) {
    if (results.size() != items.size()) {
      FailAll(
          Error(ErrorCode::kInternal,
                "The model answered a batch with the wrong number of results.")
              .WithPrivateDetail("the batch function was given " + std::to_string(items.size()) +
                                 " items and returned " + std::to_string(results.size()) +
                                 "; return one result for each item, in the same order"),
          items);
      return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      static_cast<Item*>(items[i])->result_.emplace(std::move(results[i]));
    }
  }
  static void FailAll(const Error& error, std::span<BatchItem* const> items) {
    for (BatchItem* item : items) static_cast<Item*>(item)->result_.emplace(error);
  }

  PlainFunction plain_;
  ResultFunction each_;
};

// One call of a Batched: an Operation.
template <class R, class A>
class BatchedCall final : private TypedBatch<R, A>::Item {
 public:
  using ValueType = R;

  BatchedCall(TypedBatch<R, A>& function, BatchQueue& queue, A value)
      : TypedBatch<R, A>::Item(std::move(value)), function_(function), queue_(queue) {}
  BatchedCall(BatchedCall&& other) noexcept(std::is_nothrow_move_constructible_v<A>)
      : TypedBatch<R, A>::Item(std::move(other.value_)),
        function_(other.function_),
        queue_(other.queue_) {}
  ~BatchedCall() = default;

  bool Start(const Scope& scope, Completion& completion) {
    if (!queue_.IsAttached()) {
      BatchItem* const self = this;
      function_.RunBatch(std::span<BatchItem* const>(&self, 1));
      return true;
    }
    return this->Enqueue(queue_, scope, completion);
  }
  Result<R> TakeResult() {
    if (this->Stopped()) return *this->Stopped();
    return std::move(*this->result_);
  }

 private:
  TypedBatch<R, A>& function_;
  BatchQueue& queue_;
};

}  // namespace serving

template <class Signature>
class Batched;

// A member of a deployment that is called with one item and runs a function over many.
//
//   std::vector<Label> ClassifyBatch(std::span<const Features> batch) const;
//   tenon::Batched<Label(Features)> classify_{*this, &Classifier::ClassifyBatch};
//   ...
//   Label label = co_await classify_(features);          // or by the fields of Features
//
// The function runs on the compute pool. It returns one result for each item, in order; with
// `std::vector<Result<Label>>` an item may fail alone. A function that throws or returns the wrong
// number fails that batch only. Callers may come from every loop at once, so the function is const,
// or `max_concurrent_batches` stays 1.
//
// When not: where the model gains nothing from batches, call it directly on the pool (`Compute`).
// In a unit test without an engine each call runs its function inline, with one item.
// Lifetime: a member of the deployment; neither copied nor moved. Items are moved into the batch.
// Cancellation: an item whose request is stopped leaves before its run and fails with kCancelled or
// kDeadlineExceeded; a run that has begun is joined.
// Thread safety: thread-safe.
template <class R, class A>
class Batched<R(A)> {
 public:
  template <class D>
  Batched(const D& owner, std::vector<R> (D::*function)(std::span<const A>) const,
          BatchOptions options = {})
      : Batched(Plain([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                Each(), options) {}
  template <class D>
  Batched(const D& owner, std::vector<Result<R>> (D::*function)(std::span<const A>) const,
          BatchOptions options = {})
      : Batched(Plain(),
                Each([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                options) {}
  template <class D>
  Batched(D& owner, std::vector<R> (D::*function)(std::span<const A>), BatchOptions options = {})
      : Batched(Plain([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                Each(), OneAtATime(options)) {}
  template <class D>
  Batched(D& owner, std::vector<Result<R>> (D::*function)(std::span<const A>),
          BatchOptions options = {})
      : Batched(Plain(),
                Each([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                OneAtATime(options)) {}
  Batched(const Batched&) = delete;
  Batched& operator=(const Batched&) = delete;

  serving::BatchedCall<R, A> operator()(A item) const {
    return serving::BatchedCall<R, A>(function_, queue_, std::move(item));
  }
  // The item's fields instead of the item.
  template <class First, class Second, class... Rest>
    requires std::is_aggregate_v<A>
  serving::BatchedCall<R, A> operator()(First&& first, Second&& second, Rest&&... rest) const {
    return (*this)(
        A{std::forward<First>(first), std::forward<Second>(second), std::forward<Rest>(rest)...});
  }

  serving::BatchCounts Read() const { return queue_.Read(); }

 private:
  using Function = serving::TypedBatch<R, A>;
  using Plain = typename Function::PlainFunction;
  using Each = typename Function::ResultFunction;
  Batched(Plain plain, Each each, BatchOptions options)
      : function_(std::move(plain), std::move(each)), queue_(function_, Checked(options)) {
    if (auto* scope = serving::ConstructionScope::Current()) scope->Add(queue_);
  }
  static BatchOptions Checked(BatchOptions options) {
    Validate(options).Value();
    return options;
  }
  static BatchOptions OneAtATime(BatchOptions options) {
    if (options.max_concurrent_batches > 1) {
      throw Error(ErrorCode::kInvalid,
                  "max_concurrent_batches above 1 needs a const batch function.");
    }
    return options;
  }

  // Calls come through const deployments: both synchronise themselves.
  mutable Function function_;
  mutable serving::BatchQueue queue_;
};

}  // namespace tenon
