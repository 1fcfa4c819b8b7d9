// SPDX-License-Identifier: Apache-2.0
#pragma once

// Jobs on the compute pool that start together and end as one: the ground of Compute, Parallel and
// ParallelMap.

#include <atomic>
#include <cstddef>
#include <optional>

#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/scope.hpp"

namespace tenon::detail {

class JobGroup;

class TENON_EXPORT GroupJob : public ComputeJob {
 public:
  void RunJob() noexcept final;
  // On a thread of the pool; what it throws fails the group.
  virtual void Work() = 0;

 protected:
  ~GroupJob() = default;

 private:
  friend class JobGroup;
  JobGroup* group_ = nullptr;
  GroupJob* sibling_ = nullptr;
};

// The first job that fails, and a stop request, take back those that have not started; those that
// run are joined. The last one answers the loop, once for all.
//
// Thread safety: `Stopping` and `Skip` from the jobs; the rest on the loop's thread.
class TENON_EXPORT JobGroup final : private PostedWork {
 public:
  JobGroup() = default;

  // Before `Start`; the job outlives the group's end.
  void Add(GroupJob& job) noexcept;
  // As Operation::Start.
  bool Start(const Scope& scope, Completion& completion);
  // What failed, or why jobs were skipped; nothing when all of them ran to their end.
  std::optional<Error> TakeFailure() noexcept { return std::move(failure_); }

  // A job with many items asks between two of them.
  bool Stopping() const noexcept {
    return stopping_.load(std::memory_order_relaxed) || scope_->stop.StopRequested();
  }
  // A job says that it left items undone.
  void Skip() noexcept { skipped_.store(true, std::memory_order_relaxed); }

 private:
  friend class GroupJob;
  struct StopRest {
    JobGroup* group;
    void operator()() const noexcept { group->TakeBackWaiting(); }
  };

  void RunPosted() noexcept override;
  void RunOne(GroupJob& job) noexcept;
  void TakeBackWaiting() noexcept;
  void End(std::size_t jobs) noexcept;
  void Conclude() noexcept;

  GroupJob* first_ = nullptr;
  std::size_t count_ = 0;
  const Scope* scope_ = nullptr;
  Completion* completion_ = nullptr;
  std::atomic<std::size_t> pending_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  std::atomic<bool> skipped_{false};
  std::optional<Error> failure_;
  std::optional<StopCallback<StopRest>> on_stop_;
};

}  // namespace tenon::detail
