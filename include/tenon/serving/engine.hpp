// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where replicas live, as an interface: nothing above knows which engine runs.

#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/serving/bound_deployment.hpp"

namespace tenon {
class Application;
}  // namespace tenon

namespace tenon::serving {

// Makes the replicas of applications exist and keeps them. The handles of an application work from
// the end of its `Start` to the beginning of `Stop`, which is for all of them.
class TENON_EXPORT Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  // Makes every replica, in the order in which they were bound; blocks until the last is ready.
  // The first failure ends it, named by deployment.
  virtual Result<> Start(Application& application, const ReplicaServices& services) = 0;
  // The deployment whose replicas `Start` is making now, or empty. From any thread.
  virtual std::string_view Constructing() const noexcept = 0;
  // REQUIRES: no call is under way.
  virtual void Stop() noexcept = 0;
};

}  // namespace tenon::serving
