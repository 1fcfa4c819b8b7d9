// SPDX-License-Identifier: Apache-2.0
#pragma once

// Work that computes, sent from a coroutine to the compute pool and awaited there.

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/task/job_group.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/unit.hpp"

namespace tenon {
namespace detail {

// One function and what it returned. Moves before it starts, as operations do.
template <class F>
class FunctionJob final : public GroupJob {
 public:
  using ReturnType = std::decay_t<std::invoke_result_t<F&>>;

  explicit FunctionJob(F function) : function_(std::move(function)) {}
  FunctionJob(FunctionJob&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
      : function_(std::move(other.function_)) {}

  void Work() override {
    if constexpr (std::is_void_v<ReturnType>) {
      function_();
      value_.emplace();
    } else {
      value_.emplace(function_());
    }
  }
  UnitOr<ReturnType>&& TakeValue() noexcept { return *std::move(value_); }

 private:
  F function_;
  std::optional<UnitOr<ReturnType>> value_;
};

}  // namespace detail

// See Compute.
template <class F>
class [[nodiscard]] ComputeOperation {
 public:
  using ValueType = typename detail::FunctionJob<F>::ReturnType;

  explicit ComputeOperation(F function) : job_(std::move(function)) {}
  // REQUIRES: `other` has not started.
  ComputeOperation(ComputeOperation&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
      : job_(std::move(other.job_)) {}

  bool Start(const Scope& scope, Completion& completion) {
    group_.Add(job_);
    return group_.Start(scope, completion);
  }
  Result<ValueType> TakeResult() {
    if (std::optional<Error> failure = group_.TakeFailure()) return *std::move(failure);
    if constexpr (std::is_void_v<ValueType>) {
      return {};
    } else {
      return job_.TakeValue();
    }
  }

 private:
  detail::FunctionJob<F> job_;
  detail::JobGroup group_;
};

// Runs `function` on the compute pool and gives what it returns.
//
//   Image image = co_await tenon::Compute([&] { return Decode(bytes); });
//
// References to the caller's locals are safe: the caller does not go on before it ends. Not for
// what takes less than some ten microseconds: the hand-off costs more.
//
// Errors: what it throws. kCancelled or kDeadlineExceeded when the scope is stopped before it
// starts; then it never runs. Once it runs it is waited for, whatever happens.
// Without a pool in the scope (unit tests) it runs at once, on the caller's thread.
template <class F>
ComputeOperation<std::decay_t<F>> Compute(F&& function) {
  return ComputeOperation<std::decay_t<F>>(std::forward<F>(function));
}

// See Parallel.
template <class... F>
class [[nodiscard]] ParallelOperation {
 public:
  using ValueType = std::tuple<UnitOr<typename detail::FunctionJob<F>::ReturnType>...>;

  template <class... G>
  explicit ParallelOperation(std::in_place_t, G&&... functions)
      : jobs_(detail::FunctionJob<F>(std::forward<G>(functions))...) {}
  // REQUIRES: `other` has not started.
  ParallelOperation(ParallelOperation&& other) noexcept((std::is_nothrow_move_constructible_v<F> &&
                                                         ...))
      : jobs_(std::move(other.jobs_)) {}

  bool Start(const Scope& scope, Completion& completion) {
    std::apply([this](auto&... job) { (group_.Add(job), ...); }, jobs_);
    return group_.Start(scope, completion);
  }
  Result<ValueType> TakeResult() {
    if (std::optional<Error> failure = group_.TakeFailure()) return *std::move(failure);
    return std::apply([](auto&... job) { return ValueType(job.TakeValue()...); }, jobs_);
  }

 private:
  std::tuple<detail::FunctionJob<F>...> jobs_;
  detail::JobGroup group_;
};

// Runs the functions at the same time on the compute pool; gives a tuple of what they return, in
// their order, with Unit where one returns nothing.
//
//   auto [words, shape] = co_await tenon::Parallel([&] { return Tokenize(text); },
//                                                  [&] { return Measure(text); });
//
// Errors: the first failure; those that have not started then never run, those that run are waited
// for. Otherwise as Compute.
template <class... F>
ParallelOperation<std::decay_t<F>...> Parallel(F&&... functions) {
  return ParallelOperation<std::decay_t<F>...>(std::in_place, std::forward<F>(functions)...);
}

// See ParallelMap.
template <class Range, class F>
class [[nodiscard]] ParallelMapOperation {
  using Iterator = decltype(std::begin(std::declval<const Range&>()));
  using Item = std::decay_t<std::invoke_result_t<const F&, decltype(*std::declval<Iterator>())>>;
  static constexpr bool kGivesNothing = std::is_void_v<Item>;

 public:
  using ValueType = std::conditional_t<kGivesNothing, void, std::vector<UnitOr<Item>>>;

  ParallelMapOperation(const Range& range, F function)
      : range_(&range), function_(std::move(function)) {}
  // REQUIRES: `other` has not started.
  ParallelMapOperation(ParallelMapOperation&& other) noexcept(
      std::is_nothrow_move_constructible_v<F>)
      : range_(other.range_), function_(std::move(other.function_)) {}

  bool Start(const Scope& scope, Completion& completion) {
    const std::size_t size = std::size(*range_);
    count_ = scope.pool == nullptr ? 1 : scope.pool->ThreadCount();
    count_ = std::min(count_, size);
    chunks_ = std::make_unique<Chunk[]>(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      chunks_[i].owner = this;
      chunks_[i].begin = size * i / count_;
      chunks_[i].end = size * (i + 1) / count_;
      group_.Add(chunks_[i]);
    }
    return group_.Start(scope, completion);
  }

  Result<ValueType> TakeResult() {
    if (std::optional<Error> failure = group_.TakeFailure()) return *std::move(failure);
    if constexpr (kGivesNothing) {
      return {};
    } else {
      if (count_ == 0) return ValueType();
      ValueType items = std::move(chunks_[0].items);
      items.reserve(std::size(*range_));
      for (std::size_t i = 1; i < count_; ++i) {
        std::move(chunks_[i].items.begin(), chunks_[i].items.end(), std::back_inserter(items));
      }
      return items;
    }
  }

 private:
  struct Chunk final : detail::GroupJob {
    void Work() override {
      const F& function = owner->function_;
      const Iterator first = std::begin(*owner->range_);
      if constexpr (!kGivesNothing) items.reserve(end - begin);
      for (std::size_t i = begin; i < end; ++i) {
        if (owner->group_.Stopping()) return owner->group_.Skip();
        auto&& item =
            first[static_cast<typename std::iterator_traits<Iterator>::difference_type>(i)];
        if constexpr (kGivesNothing) {
          function(item);
        } else {
          items.push_back(function(item));
        }
      }
    }

    ParallelMapOperation* owner = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<UnitOr<Item>> items;
  };

  const Range* range_;
  F function_;
  std::unique_ptr<Chunk[]> chunks_;
  std::size_t count_ = 0;
  detail::JobGroup group_;
};

// Applies `function` to each item on the compute pool, in one piece of the range per thread at
// most; gives a vector of the results in the range's order (nothing when `function` returns void).
//
//   std::vector<Tokens> tokens = co_await tenon::ParallelMap(lines, Tokenize);
//
// `range` has random access and outlives the operation. `function` is called through const from
// several threads at once.
//
// Errors: the first failure; the others stop before their next item. Otherwise as Compute.
template <class Range, class F>
ParallelMapOperation<Range, std::decay_t<F>> ParallelMap(const Range& range, F&& function) {
  return ParallelMapOperation<Range, std::decay_t<F>>(range, std::forward<F>(function));
}

}  // namespace tenon
