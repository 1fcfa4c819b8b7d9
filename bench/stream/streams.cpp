// SPDX-License-Identifier: Apache-2.0
// Streams whose items say when they were made, and streams that are as fast as they are taken.
#include <chrono>
#include <cstdint>
#include <string>
#include <tenon/tenon.hpp>

namespace {

struct Request {
  std::int64_t count;
  std::chrono::duration<double> pause_s;
};
struct Stamp {
  std::int64_t made_ns;  // Of the steady clock, which is CLOCK_MONOTONIC.
};
struct Item {
  std::int64_t number;
};

// Each item after a pause; without one as fast as they are taken.
class Stamper {
 public:
  tenon::Stream<Stamp> Infer(Request request) const {
    const auto pause = std::chrono::duration_cast<tenon::Duration>(request.pause_s);
    for (std::int64_t i = 0; i < request.count; ++i) {
      if (pause.count() > 0) co_await tenon::Sleep(pause);
      const auto now = std::chrono::steady_clock::now().time_since_epoch();
      co_yield Stamp{std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
    }
  }
};

class Counter {
 public:
  tenon::Stream<Item> Infer(Request request) const {
    for (std::int64_t i = 0; i < request.count; ++i) co_yield Item{i};
  }
};

class Speaker {
 public:
  tenon::Stream<std::string> Infer(Request request) const {
    for (std::int64_t i = 0; i < request.count; ++i) co_yield std::string("token ");
  }
};

}  // namespace

TENON_APPLICATION(stamps, app) { return tenon::sagemaker::Driver(app.Bind<Stamper>()); }
TENON_APPLICATION(items, app) { return tenon::sagemaker::Driver(app.Bind<Counter>()); }
TENON_APPLICATION(words, app) { return tenon::sagemaker::Driver(app.Bind<Speaker>()); }
