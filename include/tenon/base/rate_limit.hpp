// SPDX-License-Identifier: Apache-2.0
#pragma once

// Saying something at most once in a while, and how often it was left unsaid.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon {

// For lines that a client can cause at will.
//
//   if (auto unsaid = refusals.Admit(deployment, loop.Now())) {
//     log.Warning("requests are refused", {{"deployment", deployment}, {"more", *unsaid}});
//   }
//
// Remembers up to 1,024 keys; a new one beyond them replaces the one that spoke longest ago.
// Thread safety: thread-safe.
class TENON_EXPORT RateLimit {
 public:
  explicit RateLimit(Duration every = std::chrono::seconds(1)) noexcept : every_(every) {}

  // Nothing: keep silent. A number: speak; so many times was kept silent since the last time.
  std::optional<std::uint64_t> Admit(std::string_view key, TimePoint now);

 private:
  static constexpr std::size_t kMaxKeys = 1'024;
  struct Entry {
    TimePoint spoke;
    std::uint64_t unsaid = 0;
  };

  const Duration every_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace tenon
