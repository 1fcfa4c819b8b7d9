// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counting what happens, cheaply enough to leave on: recording costs a few nanoseconds.

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon {

class MetricsRegistry;

// Name and value, fixed when a metric is registered: {{"deployment", "classifier"}}.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

namespace detail {

// The registry whose cells this thread writes alone, and which of them.
struct MetricThread {
  const MetricsRegistry* registry = nullptr;
  std::size_t slot = 0;
};
extern TENON_EXPORT constinit thread_local MetricThread this_metric_thread
    __attribute__((tls_model("initial-exec")));

// One row of cells per slot, each row on cache lines of its own. Row 0 belongs to all threads
// without a slot, which add to it atomically; every other row has one writer, which needs no lock
// prefix.
class MetricCells {
 public:
  using Cell = std::atomic<std::uint64_t>;

  MetricCells() = default;
  MetricCells(const MetricsRegistry* registry, Cell* cells, std::size_t stride) noexcept
      : registry_(registry), cells_(cells), stride_(stride) {}

  bool Exist() const noexcept { return cells_ != nullptr; }
  Cell& Shared(std::size_t index) const noexcept { return cells_[index]; }

  void Add(std::size_t index, std::uint64_t amount) const noexcept {
    const MetricThread thread = this_metric_thread;
    if (thread.registry == registry_) [[likely]] {
      Cell& cell = cells_[thread.slot * stride_ + index];
      cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    } else {
      cells_[index].fetch_add(amount, std::memory_order_relaxed);
    }
  }
  // For a cell that holds the bits of a double.
  void AddReal(std::size_t index, double amount) const noexcept {
    const MetricThread thread = this_metric_thread;
    if (thread.registry == registry_) [[likely]] {
      Cell& cell = cells_[thread.slot * stride_ + index];
      cell.store(Sum(cell.load(std::memory_order_relaxed), amount), std::memory_order_relaxed);
    } else {
      std::uint64_t bits = cells_[index].load(std::memory_order_relaxed);
      while (!cells_[index].compare_exchange_weak(bits, Sum(bits, amount),
                                                  std::memory_order_relaxed)) {
      }
    }
  }

 private:
  static std::uint64_t Sum(std::uint64_t bits, double amount) noexcept {
    return std::bit_cast<std::uint64_t>(std::bit_cast<double>(bits) + amount);
  }

  const MetricsRegistry* registry_ = nullptr;
  Cell* cells_ = nullptr;
  std::size_t stride_ = 0;
};

}  // namespace detail

// Counter, Gauge and Histogram are what a registry hands out: small values that point into it. One
// that was made without a registry records nothing, so code can be used without metrics.
//
// Lifetime: not after the registry's end. Thread safety: recording is thread-safe and never blocks.

// How often something happened. It only grows.
class Counter {
 public:
  Counter() = default;
  void Add(std::uint64_t times = 1) const noexcept {
    if (cells_.Exist()) cells_.Add(0, times);
  }

 private:
  friend class MetricsRegistry;
  explicit Counter(detail::MetricCells cells) noexcept : cells_(cells) {}
  detail::MetricCells cells_;
};

// How much there is. Either added to, from anywhere, or set; not both.
class Gauge {
 public:
  Gauge() = default;
  void Add(std::int64_t amount) const noexcept {
    if (cells_.Exist()) cells_.Add(kAdded, static_cast<std::uint64_t>(amount));
  }
  void Set(double value) const noexcept {
    if (!cells_.Exist()) return;
    cells_.Shared(kSet).store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
  }

 private:
  friend class MetricsRegistry;
  static constexpr std::size_t kAdded = 0;
  static constexpr std::size_t kSet = 1;
  explicit Gauge(detail::MetricCells cells) noexcept : cells_(cells) {}
  detail::MetricCells cells_;
};

// How values are distributed, by buckets with fixed upper bounds.
class Histogram {
 public:
  Histogram() = default;
  void Record(double value) const noexcept {
    if (!cells_.Exist()) return;
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    cells_.Add(bucket, 1);
    cells_.AddReal(bounds_.size() + 1, value);
  }
  // Durations are recorded in seconds, as Prometheus wants them.
  void Record(Duration duration) const noexcept {
    Record(std::chrono::duration<double>(duration).count());
  }

 private:
  friend class MetricsRegistry;
  Histogram(detail::MetricCells cells, std::span<const double> bounds) noexcept
      : cells_(cells), bounds_(bounds) {}
  detail::MetricCells cells_;  // One per bound, one for what lies above, one for the sum.
  std::span<const double> bounds_;
};

// Upper bounds in seconds, from 100 µs to a minute, for what a request may take.
TENON_EXPORT std::span<const double> LatencyBounds() noexcept;

// The metrics of one process and their text form.
//
//   MetricsRegistry metrics(loops + workers);
//   Counter requests = metrics.AddCounter("tenon_requests_total", "Requests answered.");
//   ... on each loop's thread: MetricsRegistry::ThreadSlot slot(metrics); requests.Add();
//
// Errors: registering a name or a label that Prometheus does not allow, or one name as two kinds,
// is a mistake in the program and throws an Error (kInternal) that names it.
// Thread safety: thread-safe. Registration and scraping take a lock; recording does not.
class TENON_EXPORT MetricsRegistry {
 public:
  // Up to `slots` threads at a time write cells of their own; the others share one, at the price of
  // an atomic addition. Memory: 64 bytes and more per metric and slot.
  explicit MetricsRegistry(std::size_t slots);
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // Registering a name again with the same labels gives the same metric.
  Counter AddCounter(std::string_view name, std::string_view help, const MetricLabels& labels = {});
  Gauge AddGauge(std::string_view name, std::string_view help, const MetricLabels& labels = {});
  // A gauge that is asked when somebody scrapes. `function` works until the registry's end.
  void AddGauge(std::string_view name, std::string_view help, const MetricLabels& labels,
                std::function<double()> function);
  // `bounds` grow strictly; what lies above the last one is counted too.
  Histogram AddHistogram(std::string_view name, std::string_view help,
                         std::span<const double> bounds, const MetricLabels& labels = {});

  // Appends all metrics in Prometheus's text format 0.0.4, in the order of registration.
  void WritePrometheus(std::string& out) const;

  // While it lives, this thread has a slot of the registry, if one is free. Belongs on the stack of
  // a thread that records often: a loop, a worker. A thread has one at a time.
  class TENON_EXPORT ThreadSlot {
   public:
    explicit ThreadSlot(MetricsRegistry& registry);
    ~ThreadSlot();
    ThreadSlot(const ThreadSlot&) = delete;
    ThreadSlot& operator=(const ThreadSlot&) = delete;

   private:
    MetricsRegistry& registry_;
    detail::MetricThread before_;
    std::size_t slot_;  // 0: none was free.
  };

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tenon
