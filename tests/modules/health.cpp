// SPDX-License-Identifier: Apache-2.0
// A deployment whose health check says what the last request told it to.
#include <atomic>
#include <memory>
#include <tenon/tenon.hpp>

namespace {

struct Request {
  bool healthy;
};
struct Answer {
  int checks;
};

struct State {
  std::atomic<bool> healthy = true;
  std::atomic<int> checks = 0;
};

class Patient {
 public:
  explicit Patient(std::shared_ptr<State> state) : state_(std::move(state)) {}

  tenon::Task<Answer> Infer(Request request) const {
    state_->healthy = request.healthy;
    co_return Answer{state_->checks};
  }
  tenon::Result<> CheckHealth() {
    ++state_->checks;
    if (state_->healthy) return {};
    return tenon::Error(tenon::ErrorCode::kUnavailable, "The accelerator does not answer.");
  }

 private:
  std::shared_ptr<State> state_;
};

// Tells the state although the application takes no requests.
class Heal final : public tenon::http::Handler {
 public:
  explicit Heal(std::shared_ptr<State> state) : state_(std::move(state)) {}
  tenon::Task<void> Serve(const tenon::http::Request&,
                          tenon::http::Response& response) const override {
    state_->healthy = true;
    response.Body() += "{}";
    co_return;
  }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace

TENON_APPLICATION(handle, app) {
  const auto state = std::make_shared<State>();
  auto driver = tenon::sagemaker::Driver(app.Bind<Patient>({}, state));
  driver.routes.push_back({.method = "POST",
                           .path = "/heal",
                           .handler = std::make_unique<Heal>(state),
                           .readiness = tenon::http::Readiness::kAlways});
  return driver;
}
