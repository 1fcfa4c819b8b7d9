// SPDX-License-Identifier: Apache-2.0
// A stream of numbers that may fail at one of them.
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <tenon/tenon.hpp>

namespace {

struct Request {
  std::int32_t count;
  std::optional<std::int32_t> fail_at;
  std::optional<std::chrono::duration<double>> pause_s;
};
struct Item {
  std::int32_t number;
};

class Counter {
 public:
  tenon::Stream<Item> Infer(Request request) const {
    for (std::int32_t i = 0; i < request.count; ++i) {
      if (request.fail_at == i) throw std::runtime_error("secret of /srv/model");
      if (request.pause_s) {
        co_await tenon::Sleep(std::chrono::duration_cast<tenon::Duration>(*request.pause_s));
      }
      co_yield Item{i};
    }
  }
};

}  // namespace

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Counter>()); }
