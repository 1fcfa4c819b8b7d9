// SPDX-License-Identifier: Apache-2.0
#pragma once

// The replicas of one deployment, as a process that calls them knows them.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tenon::engine {

// One replica; what all loops count of it.
struct ReplicaState {
  ReplicaState(std::string replica_address, bool on_this_machine)
      : address(std::move(replica_address)), is_local(on_this_machine) {}
  const std::string address;
  const bool is_local;
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> failed{0};  // Calls that were lost with their connection.
};
using ReplicaStates = std::vector<std::shared_ptr<ReplicaState>>;

// Thread safety: thread-safe.
class ReplicaGroup {
 public:
  struct Entry {
    std::string address;
    bool is_local = true;
  };

  // The replicas from now on; those that stay keep their counts.
  void Update(const std::vector<Entry>& entries) {
    const std::lock_guard lock(mutex_);
    ReplicaStates next;
    for (const Entry& entry : entries) {
      std::shared_ptr<ReplicaState> state;
      for (const auto& known : states_) {
        if (known->address == entry.address && known->is_local == entry.is_local) state = known;
      }
      next.push_back(state ? std::move(state)
                           : std::make_shared<ReplicaState>(entry.address, entry.is_local));
    }
    states_ = std::move(next);
    version_.fetch_add(1, std::memory_order_release);
  }
  // While set, calls that find no replica fail with it instead of waiting.
  void SetUnavailable(std::optional<std::string> why) {
    const std::lock_guard lock(mutex_);
    unavailable_ = std::move(why);
  }

  // Changes with each update.
  std::uint64_t Version() const noexcept { return version_.load(std::memory_order_acquire); }
  ReplicaStates States() const {
    const std::lock_guard lock(mutex_);
    return states_;
  }
  std::optional<std::string> Unavailable() const {
    const std::lock_guard lock(mutex_);
    return unavailable_;
  }

 private:
  mutable std::mutex mutex_;
  ReplicaStates states_;
  std::optional<std::string> unavailable_;
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace tenon::engine
