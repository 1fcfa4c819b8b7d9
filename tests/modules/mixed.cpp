// SPDX-License-Identifier: Apache-2.0
// One route for each way in which a request can be worked on: what the soak test asks.
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <tenon/tenon.hpp>
#include <utility>
#include <vector>

namespace {

struct Text {
  std::string text;
};
struct Wait {
  std::string text;
  std::chrono::duration<double> wait_s;
};
struct Count {
  std::int32_t count;
};
struct Number {
  std::int32_t number;
};

class Echo {
 public:
  tenon::Task<Text> Infer(Text request) const { co_return request; }
};

class Sleeper {
 public:
  tenon::Task<Text> Infer(Wait request) const {
    co_await tenon::Sleep(std::chrono::duration_cast<tenon::Duration>(request.wait_s));
    co_return Text{request.text};
  }
};

class Worker {
 public:
  Text Infer(const Text& request) const {
    return {std::string(request.text.rbegin(), request.text.rend())};
  }
};

class Batcher {
 public:
  tenon::Task<Text> Infer(Text request) const {
    auto [number, text] = co_await tenon::WhenAll(lengths_(request), texts_(request));
    co_return Text{std::to_string(number.number) + text.text};
  }

 private:
  std::vector<Number> Lengths(std::span<const Text> batch) const {
    std::vector<Number> lengths;
    for (const Text& text : batch) lengths.push_back({static_cast<std::int32_t>(text.text.size())});
    return lengths;
  }
  std::vector<Text> Texts(std::span<const Text> batch) const {
    return {batch.begin(), batch.end()};
  }

  tenon::Batched<Number(Text)> lengths_{*this, &Batcher::Lengths, {.max_batch_size = 16}};
  tenon::Batched<Text(Text)> texts_{*this, &Batcher::Texts, {.max_batch_size = 8}};
};

class Streamer {
 public:
  tenon::Stream<Number> Infer(Count request) const {
    for (std::int32_t i = 0; i < request.count; ++i) {
      if (i % 8 == 7) co_await tenon::Sleep(std::chrono::milliseconds(1));
      co_yield Number{i};
    }
  }
};

class Failing {
 public:
  tenon::Task<Text> Infer(Text request) const {
    co_await tenon::Sleep(std::chrono::milliseconds(1));
    throw std::runtime_error(request.text);
  }
};

template <class R, class A>
void Add(const char* path, tenon::Handle<R(A)> handle, tenon::http::Driver& driver) {
  driver.routes.push_back({.method = "POST",
                           .path = path,
                           .handler = std::make_unique<tenon::http::JsonHandler<R, A>>(handle)});
}

}  // namespace

TENON_APPLICATION(handle, app) {
  tenon::http::Driver driver = tenon::sagemaker::Driver(app.Bind<Echo>());
  Add("/sleep", app.Bind<Sleeper>(), driver);
  Add("/work", app.Bind<Worker>({.max_queued_requests = 50}), driver);
  Add("/batch", app.Bind<Batcher>(), driver);
  Add("/stream", app.Bind<Streamer>(), driver);
  Add("/fail", app.Bind<Failing>(), driver);
  return driver;
}
