// SPDX-License-Identifier: Apache-2.0
#pragma once

// A callable that collects single calls into batches.

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
#include "tenon/task/when_all.hpp"

namespace tenon {

// What batching is told of single items, where they are not all alike. Each may be left out.
//
// Called on the caller's loop, so they must be quick, and from several loops at once. One that
// throws fails its own item and nothing else.
template <class A>
struct BatchItems {
  // What an item counts in `max_batch_size`, in preferred sizes and in what is learned: tokens,
  // pixels, rows. 0 counts as 1. Left out: each item counts 1.
  std::function<std::size_t(const A&)> size = {};
  // Items of different keys never meet in a batch: their length, a hash of their shape.
  std::function<std::uint64_t(const A&)> key = {};
  // Makes one more item for a batch that is smaller than the next of `preferred_sizes`; called on
  // the pool until it is reached. Its results are dropped.
  std::function<A(std::span<const A> batch)> pad = {};
};

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

  TypedBatch(PlainFunction plain, ResultFunction each, BatchItems<A> about = {},
             std::vector<std::size_t> preferred_sizes = {})
      : plain_(std::move(plain)),
        each_(std::move(each)),
        about_(std::move(about)),
        preferred_sizes_(std::move(preferred_sizes)) {}

  BatchKind Kind() const noexcept {
    return {.unit = about_.size ? BatchUnit::kSizes : BatchUnit::kItems,
            .pads = static_cast<bool>(about_.pad)};
  }
  ItemShape ShapeOf(const A& value) const {
    return {.size = SizeOf(value), .key = about_.key ? about_.key(value) : 0};
  }

  // Items are moved into one contiguous batch; each gets its own result. What throws, or returns
  // the wrong number, fails this batch and nothing else.
  void RunBatch(std::span<BatchItem* const> items) noexcept override {
    try {
      std::vector<A> batch;
      batch.reserve(items.size());
      for (BatchItem* item : items) batch.push_back(std::move(static_cast<Item*>(item)->value_));
      if (about_.pad) Pad(items, batch);
      if (each_) {
        Distribute(each_(std::span<const A>(batch)), batch.size(), items);
      } else {
        Distribute(plain_(std::span<const A>(batch)), batch.size(), items);
      }
    } catch (...) {
      FailAll(ErrorFromCurrentException(), items);
    }
  }

 private:
  std::size_t SizeOf(const A& value) const {
    return about_.size ? std::max<std::size_t>(about_.size(value), 1) : 1;
  }
  void Pad(std::span<BatchItem* const> items, std::vector<A>& batch) const {
    std::size_t size = 0;
    for (const BatchItem* item : items) size += static_cast<const Item*>(item)->Size();
    const std::size_t wanted = PaddedSize(preferred_sizes_, size);
    while (size < wanted) {
      batch.push_back(about_.pad(std::span<const A>(batch)));
      size += SizeOf(batch.back());
    }
  }
  template <class T>
  static void Distribute(std::vector<T> results, std::size_t given,
                         std::span<BatchItem* const> items) {
    if (results.size() != given) {
      FailAll(Error(ErrorCode::kInternal,
                    "The model answered a batch with the wrong number of results.")
                  .WithPrivateDetail("the batch function was given " + std::to_string(given) +
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
  BatchItems<A> about_;
  std::vector<std::size_t> preferred_sizes_;
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
    ItemShape shape;
    try {
      shape = std::as_const(function_).ShapeOf(this->value_);
    } catch (...) {
      this->result_.emplace(ErrorFromCurrentException());
      return true;
    }
    return this->Enqueue(queue_, scope, completion, shape);
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
// Items that are not all alike say so by functions of theirs, and a client's many items go
// together:
//
//   tenon::Batched<Label(Tokens)> label_{*this, &Model::LabelBatch, {.max_batch_size = 4096},
//       {.size = [](const Tokens& t) { return t.ids.size(); },
//        .key = [](const Tokens& t) { return t.ids.size() / 64; }}};
//   std::vector<Label> labels = co_await label_.All(std::move(texts));
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
          BatchOptions options = {}, BatchItems<A> items = {})
      : Batched(Plain([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                Each(), Effective(std::move(options)), std::move(items)) {}
  template <class D>
  Batched(const D& owner, std::vector<Result<R>> (D::*function)(std::span<const A>) const,
          BatchOptions options = {}, BatchItems<A> items = {})
      : Batched(Plain(),
                Each([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                Effective(std::move(options)), std::move(items)) {}
  template <class D>
  Batched(D& owner, std::vector<R> (D::*function)(std::span<const A>), BatchOptions options = {},
          BatchItems<A> items = {})
      : Batched(Plain([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                Each(), OneAtATime(Effective(std::move(options))), std::move(items)) {}
  template <class D>
  Batched(D& owner, std::vector<Result<R>> (D::*function)(std::span<const A>),
          BatchOptions options = {}, BatchItems<A> items = {})
      : Batched(Plain(),
                Each([&owner, function](std::span<const A> b) { return (owner.*function)(b); }),
                OneAtATime(Effective(std::move(options))), std::move(items)) {}
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

  // Many items at once, say the rows that one client sent: each waits for itself, so that they are
  // split where they are more than a run takes, share runs with other callers' items, and are
  // joined again in their order. An Operation that gives std::vector<R>. Errors: the first item's
  // that fails; the others then leave where they still wait.
  WhenAllOfOperation<serving::BatchedCall<R, A>> All(std::vector<A> items) const {
    std::vector<serving::BatchedCall<R, A>> calls;
    calls.reserve(items.size());
    for (A& item : items) calls.push_back((*this)(std::move(item)));
    return WhenAll(std::move(calls));
  }

  serving::BatchCounts Read() const { return queue_.Read(); }
  // What it was given, or the deployment's where that was nothing.
  const BatchOptions& Options() const noexcept { return queue_.Options(); }

 private:
  using Function = serving::TypedBatch<R, A>;
  using Plain = typename Function::PlainFunction;
  using Each = typename Function::ResultFunction;
  Batched(Plain plain, Each each, BatchOptions options, BatchItems<A> items)
      : function_(std::move(plain), std::move(each), std::move(items), options.preferred_sizes),
        queue_(function_, std::move(options), function_.Kind()) {
    if (auto* scope = serving::ConstructionScope::Current()) scope->Add(queue_);
  }
  // Where it names none, those of the deployment that is being constructed.
  static BatchOptions Effective(BatchOptions options) {
    const auto* scope = serving::ConstructionScope::Current();
    if (scope != nullptr && options == BatchOptions()) options = scope->Batch();
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
