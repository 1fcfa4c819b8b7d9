// SPDX-License-Identifier: Apache-2.0
// Deployments that take as long as the request says, and count how their calls end.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <tenon/tenon.hpp>
#include <thread>

namespace {

struct Request {
  std::chrono::duration<double> wait_s;
};
struct Answer {
  std::string text;
};

struct Counts {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;    // With an answer.
  std::atomic<int> stopped = 0;  // Before it.
};

// Waits without holding a thread.
class Sleeper {
 public:
  explicit Sleeper(std::shared_ptr<Counts> counts) : counts_(std::move(counts)) {}

  tenon::Task<Answer> Infer(Request request) const {
    ++counts_->begun;
    const auto wait = std::chrono::duration_cast<tenon::Duration>(request.wait_s);
    if (auto slept = co_await tenon::AsResult(tenon::Sleep(wait)); !slept) {
      ++counts_->stopped;
      throw tenon::Error(slept.Error());
    }
    ++counts_->ended;
    co_return Answer{"slept"};
  }

 private:
  std::shared_ptr<Counts> counts_;
};

// Holds a thread of the compute pool.
class Worker {
 public:
  explicit Worker(std::shared_ptr<Counts> counts) : counts_(std::move(counts)) {}

  Answer Infer(const Request& request) const {
    ++counts_->begun;
    std::this_thread::sleep_for(request.wait_s);
    ++counts_->ended;
    return {"worked"};
  }

 private:
  std::shared_ptr<Counts> counts_;
};

struct TwoWaits {
  std::chrono::duration<double> first_s;
  std::chrono::duration<double> second_s;
};

// One step, then the other.
class Composed {
 public:
  Composed(tenon::Handle<Answer(Request)> first, tenon::Handle<Answer(Request)> second)
      : first_(first), second_(second) {}

  tenon::Task<Answer> Infer(TwoWaits request) const {
    co_await first_(Request{request.first_s});
    co_return co_await second_(Request{request.second_s});
  }

 private:
  tenon::Handle<Answer(Request)> first_;
  tenon::Handle<Answer(Request)> second_;
};

class CountsRoute final : public tenon::http::Handler {
 public:
  explicit CountsRoute(std::shared_ptr<Counts> counts) : counts_(std::move(counts)) {}

  tenon::Task<void> Serve(const tenon::http::Request&,
                          tenon::http::Response& response) const override {
    response.Body() += "{\"begun\":" + std::to_string(counts_->begun) +
                       ",\"ended\":" + std::to_string(counts_->ended) +
                       ",\"stopped\":" + std::to_string(counts_->stopped) + "}";
    co_return;
  }

 private:
  std::shared_ptr<Counts> counts_;
};

void AddCounts(const std::shared_ptr<Counts>& counts, tenon::http::Driver& driver) {
  driver.routes.push_back({.method = "GET",
                           .path = "/counts",
                           .handler = std::make_unique<CountsRoute>(counts),
                           .readiness = tenon::http::Readiness::kAlways});
}

template <class D>
tenon::http::Driver Serve(tenon::Application& app, tenon::DeploymentOptions options) {
  const auto counts = std::make_shared<Counts>();
  auto driver = tenon::sagemaker::Driver(app.Bind<D>(std::move(options), counts));
  AddCounts(counts, driver);
  return driver;
}

}  // namespace

TENON_APPLICATION(sleeper, app) { return Serve<Sleeper>(app, {}); }
TENON_APPLICATION(worker, app) { return Serve<Worker>(app, {}); }
// One call at a time, one waits, the next is refused.
TENON_APPLICATION(narrow, app) {
  return Serve<Sleeper>(app, {.max_ongoing_requests = 1, .max_queued_requests = 1});
}
// The counts are the second step's.
TENON_APPLICATION(composed, app) {
  const auto counts = std::make_shared<Counts>();
  const auto first = app.Bind<Sleeper>({.name = "First"}, std::make_shared<Counts>());
  const auto second = app.Bind<Sleeper>({.name = "Second"}, counts);
  auto driver = tenon::sagemaker::Driver(app.Bind<Composed>({}, first, second));
  AddCounts(counts, driver);
  return driver;
}
