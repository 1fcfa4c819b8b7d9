// SPDX-License-Identifier: Apache-2.0
#pragma once

// An application of this very program, called through its driver: everything but the socket.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tenon/engine/local_engine.hpp>
#include <tenon/http/route.hpp>
#include <tenon/serving/application.hpp>
#include <tenon/task/compute_pool.hpp>
#include <tenon/testing/captured_log.hpp>
#include <tenon/testing/manual_clock.hpp>
#include <tenon/testing/manual_loop.hpp>

namespace example_serving {

class InProcess {
 public:
  // Builds and starts the application that TENON_APPLICATION has exported under that name.
  explicit InProcess(std::string_view application);
  ~InProcess();

  // Sends all bodies to /invocations at the same time; the answers in their order.
  // Errors: throws the tenon::Error that a request was answered with.
  std::vector<std::string> Post(std::vector<std::string> bodies);

  // Runs of batched functions so far.
  std::size_t Batches() const;

 private:
  tenon::testing::ManualClock clock_;
  tenon::testing::ManualLoop loop_{clock_};
  std::array<tenon::EventLoop*, 1> loops_{&loop_};
  tenon::ComputePool pool_{2};
  tenon::testing::CapturedLog log_;
  tenon::Application app_{"example"};
  tenon::http::Driver driver_;
  tenon::engine::LocalEngine engine_;
};

}  // namespace example_serving
