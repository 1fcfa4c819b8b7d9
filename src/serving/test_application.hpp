// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: an application on the local engine, on loops whose time the test decides.

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "tenon/engine/local_engine.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/testing/captured_log.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::serving {

class ApplicationFixture : public ::testing::Test {
 protected:
  ApplicationFixture() {
    scope_.loop = &loop_;
    scope_.pool = &pool_;
  }
  ~ApplicationFixture() override { engine_.Stop(); }

  Result<> Start() { return Start(app_, engine_); }
  Result<> Start(Application& app, engine::LocalEngine& engine) {
    std::array<EventLoop*, 2> loops{&loop_, &other_loop_};
    return engine.Start(
        app, {.pool = pool_, .clock = clock_, .log = log_.Log(), .loops = loops, .cpus = 2});
  }
  template <Operation T>
  auto Run(T operation) {
    return testing::RunIn(scope_, loop_, std::move(operation));
  }

  testing::ManualClock clock_;
  testing::ManualLoop loop_{clock_};
  testing::ManualLoop other_loop_{clock_};
  ComputePool pool_{2};
  testing::CapturedLog log_;
  Application app_{"test"};
  engine::LocalEngine engine_;
  Scope scope_;
};

}  // namespace tenon::serving
