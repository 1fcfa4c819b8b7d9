// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether requests are taken, as all threads of a server see it.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "http/router.hpp"
#include "tenon/base/error.hpp"

namespace tenon::http {

// Thread safety: thread-safe. What a request reads costs two plain loads.
class Availability {
 public:
  // Null until routes were set.
  const Router* Routes() const noexcept { return routes_.load(std::memory_order_acquire); }
  // REQUIRES: `routes` lives as long as this, and is set once.
  void SetRoutes(const Router& routes) noexcept {
    routes_.store(&routes, std::memory_order_release);
  }

  // Who sees true sees everything that was made before it: the replicas.
  bool Ready() const noexcept { return ready_.load(std::memory_order_acquire); }
  bool Draining() const noexcept { return draining_.load(std::memory_order_relaxed); }

  void SetReady() noexcept { ready_.store(true, std::memory_order_release); }
  void SetUnready(std::string reason) {
    const std::lock_guard lock(mutex_);
    reason_ = std::move(reason);
    ready_.store(false, std::memory_order_relaxed);
  }
  // For good: health says so from now on, whatever else is set.
  void SetDraining() noexcept {
    draining_.store(true, std::memory_order_relaxed);
    closing_.store(true, std::memory_order_relaxed);
  }
  // Each connection ends with its next reply.
  bool Closing() const noexcept { return closing_.load(std::memory_order_relaxed); }
  void SetClosing() noexcept { closing_.store(true, std::memory_order_relaxed); }

  // Why a request is refused. REQUIRES: it is: not ready, or draining for a health check.
  Error Refusal() const {
    if (Draining()) return {ErrorCode::kUnavailable, "The server is shutting down."};
    const std::lock_guard lock(mutex_);
    return {ErrorCode::kUnavailable, reason_};
  }

 private:
  std::atomic<const Router*> routes_{nullptr};
  std::atomic<bool> ready_{false};
  std::atomic<bool> draining_{false};
  std::atomic<bool> closing_{false};
  mutable std::mutex mutex_;
  std::string reason_ = "The server is starting.";
};

}  // namespace tenon::http
