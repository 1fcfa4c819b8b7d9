// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/rate_limit.hpp"

#include <algorithm>
#include <utility>

namespace tenon {

std::optional<std::uint64_t> RateLimit::Admit(std::string_view key, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (entries_.size() >= kMaxKeys) {
      entries_.erase(std::ranges::min_element(
          entries_, {}, [](const auto& entry) { return entry.second.spoke; }));
    }
    entries_.emplace(std::string(key), Entry{now});
    return 0;
  }
  Entry& entry = found->second;
  if (now - entry.spoke < every_) {
    ++entry.unsaid;
    return std::nullopt;
  }
  entry.spoke = now;
  return std::exchange(entry.unsaid, 0);
}

}  // namespace tenon
