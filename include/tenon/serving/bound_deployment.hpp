// SPDX-License-Identifier: Apache-2.0
#pragma once

// A deployment that was bound: everything that is needed to make replicas of it, and those made.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/type.hpp"
#include "tenon/serving/admission.hpp"
#include "tenon/serving/batch_queue.hpp"
#include "tenon/serving/deployment_options.hpp"
#include "tenon/serving/infer_traits.hpp"
#include "tenon/serving/remote.hpp"

namespace tenon {
class ComputePool;
class EventLoop;
}  // namespace tenon

namespace tenon::serving {

// What replicas run on. Everything outlives them.
struct ReplicaServices {
  ComputePool& pool;
  const Clock& clock;
  Logger& log;
  std::span<EventLoop* const> loops;  // At least one.
  std::size_t cpus = 1;
};

// What the signature of `Infer` says.
struct InferShape {
  InferKind kind = InferKind::kTask;
  bool is_const = true;
};

struct DeploymentStatus {
  Admission::Counts admission;
  AdmissionLimits limits;
  std::size_t replicas = 0;                   // Objects constructed.
  std::vector<BatchReport> batching;          // One for each batched function of each object.
  std::optional<BatchOptions> batch_options;  // Of the first one.
};

// Known to engines without its types. Lifetime: owned by its Application.
// Thread safety: `Read` and `CheckHealth` from any thread once materialised; the rest from the
// thread that starts the application.
class TENON_EXPORT BoundDeployment {
 public:
  explicit BoundDeployment(DeploymentOptions options, InferShape shape)
      : options_(std::move(options)), shape_(shape) {}
  BoundDeployment(const BoundDeployment&) = delete;
  BoundDeployment& operator=(const BoundDeployment&) = delete;
  virtual ~BoundDeployment() = default;

  const std::string& Name() const noexcept { return options_.name; }
  const DeploymentOptions& Options() const noexcept { return options_; }
  InferShape Shape() const noexcept { return shape_; }
  virtual const schema::Type& RequestType() const = 0;
  virtual const schema::Type& ResponseType() const = 0;

  // Constructs the replicas in this process and points the handle at them. What a constructor
  // throws comes back as the Error.
  virtual Result<> Materialize(const ReplicaServices& services) = 0;
  // Points the handle at replicas elsewhere instead. REQUIRES: the caller outlives Dismantle.
  virtual void Connect(RemoteCaller& caller) = 0;
  // Serves a call from elsewhere. REQUIRES: materialised; `call` outlives the task.
  virtual Task<Unit> CallUntyped(UntypedCall& call) = 0;
  // Destroys the replicas. REQUIRES: no call is under way and the compute pool is idle.
  virtual void Dismantle() noexcept = 0;
  // Asks each replica that has a `CheckHealth`.
  virtual Result<> CheckHealth() = 0;
  virtual DeploymentStatus Read() const = 0;
  // Takes over what batched functions have learned before, in the order of `Read().batching`. Once
  // materialised, before the first call.
  virtual void RestoreBatching(std::span<const std::vector<BatchCostPoint>> curves) = 0;

 private:
  const DeploymentOptions options_;
  const InferShape shape_;
};

}  // namespace tenon::serving
