// SPDX-License-Identifier: Apache-2.0
// Models whose calls are won, lost, late and abandoned in every way: what the chaos test asks. Each
// answer is the request's text backwards, whoever gave it.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tenon/tenon.hpp>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct Request {
  std::string text;
  std::int32_t wait_us;
};
struct Answer {
  std::string text;
};

tenon::Duration WaitOf(const Request& request) {
  return std::chrono::microseconds(request.wait_us);
}
Answer Backwards(const Request& request) {
  return {std::string(request.text.rbegin(), request.text.rend())};
}
void Spin(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) continue;
}

// Calls that are begun here and have not ended.
class Inside {
 public:
  explicit Inside(std::atomic<int>& count) : count_(count) { ++count_; }
  ~Inside() { --count_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::atomic<int>& count_;
};
std::atomic<int> calls_inside{0};

class Worker {
 public:
  Answer Infer(const Request& request) const {
    const Inside inside(calls_inside);
    Spin(std::chrono::microseconds(request.wait_us % 200));
    return Backwards(request);
  }
};

class Sleeper {
 public:
  tenon::Task<Answer> Infer(Request request) const {
    const Inside inside(calls_inside);
    co_await tenon::Sleep(WaitOf(request));
    co_return Backwards(request);
  }
};

// Items of different lengths in lanes of their own; a wait that one may lose.
class Batcher {
 public:
  tenon::Task<Answer> Infer(Request request) const {
    const Inside inside(calls_inside);
    co_return co_await run_(std::move(request));
  }

 private:
  std::vector<tenon::Result<Answer>> Run(std::span<const Request> batch) const {
    Spin(std::chrono::microseconds(20 + 2 * batch.size()));
    std::vector<tenon::Result<Answer>> answers;
    for (const Request& request : batch) answers.push_back(Backwards(request));
    return answers;
  }

  tenon::Batched<Answer(Request)> run_{
      *this,
      &Batcher::Run,
      {.batch_wait_timeout = std::chrono::microseconds(300), .max_concurrent_batches = 2},
      {.size = [](const Request& request) { return request.text.size() + 1; },
       .key = [](const Request& request) { return request.text.size() % 3; }}};
};

// What is learned, without a setting.
class Learner {
 public:
  std::vector<Answer> Infer(std::span<const Request> batch) const {
    Spin(std::chrono::microseconds(30 + batch.size()));
    std::vector<Answer> answers;
    for (const Request& request : batch) answers.push_back(Backwards(request));
    return answers;
  }
};

using Step = tenon::Handle<Answer(Request)>;

// Races all of them, then asks all of them.
class Everything {
 public:
  Everything(Step worker, Step sleeper, Step batcher, Step learner)
      : worker_(worker), sleeper_(sleeper), batcher_(batcher), learner_(learner) {}

  tenon::Task<Answer> Infer(Request request) const {
    const Inside inside(calls_inside);
    const auto winner = co_await tenon::WhenAny(worker_(request), sleeper_(request),
                                                batcher_(request), learner_(request));
    const Answer first = std::visit([](const Answer& answer) { return answer; }, winner);
    auto [batched, learned] = co_await tenon::WhenAll(batcher_(request), learner_(request));
    if (batched.text != first.text || learned.text != first.text) co_return Answer{"mixed up"};
    co_return first;
  }

 private:
  Step worker_;
  Step sleeper_;
  Step batcher_;
  Step learner_;
};

class Stream {
 public:
  explicit Stream(Step learner) : learner_(learner) {}
  tenon::Stream<Answer> Infer(Request request) const {
    const Inside inside(calls_inside);
    for (int i = 0; i < 4; ++i) co_yield co_await learner_(request);
  }

 private:
  Step learner_;
};

class InsideRoute final : public tenon::http::Handler {
 public:
  tenon::Task<void> Serve(const tenon::http::Request&,
                          tenon::http::Response& response) const override {
    response.Body() += std::to_string(calls_inside);
    co_return;
  }
};

template <class R>
void Add(const char* path, tenon::Handle<R(Request)> handle, tenon::http::Driver& driver) {
  driver.routes.push_back(
      {.method = "POST",
       .path = path,
       .handler = std::make_unique<tenon::http::JsonHandler<R, Request>>(handle)});
}

}  // namespace

TENON_APPLICATION(handle, app) {
  const Step worker = app.Bind<Worker>({.compute_weight = 2});
  const Step sleeper = app.Bind<Sleeper>({.max_ongoing_requests = 64, .max_queued_requests = 64});
  const Step batcher = app.Bind<Batcher>();
  const Step learner = app.Bind<Learner>({.compute_weight = 0.5});
  auto driver =
      tenon::sagemaker::Driver(app.Bind<Everything>({}, worker, sleeper, batcher, learner));
  Add("/worker", worker, driver);
  Add("/sleeper", sleeper, driver);
  Add("/batcher", batcher, driver);
  Add("/learner", learner, driver);
  Add("/stream", app.Bind<Stream>({}, learner), driver);
  driver.routes.push_back(
      {.method = "GET", .path = "/inside", .handler = std::make_unique<InsideRoute>()});
  return driver;
}
