// SPDX-License-Identifier: Apache-2.0
// Deployments that tell where they run, and can be asked to die there.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <tenon/tenon.hpp>
#include <thread>

struct Order {
  std::string text;
  double sleep_s = 0;
  bool crash = false;
  bool fail = false;
  bool block = false;  // Holds the loop while it sleeps.
  int items = 0;       // For the stream.

  static constexpr auto schema = tenon::Describe(
      tenon::Field<&Order::sleep_s>().Default(0.0), tenon::Field<&Order::crash>().Default(false),
      tenon::Field<&Order::fail>().Default(false), tenon::Field<&Order::block>().Default(false),
      tenon::Field<&Order::items>().Default(0));
};
struct Report {
  std::string text;
  int pid = 0;
  int front_pid = 0;
  std::string request_id;
  std::string setting;
};

struct Settings {
  std::string greeting = "none";
  bool refuse_to_start = false;
};

class Worker {
 public:
  explicit Worker(Settings settings) : settings_(std::move(settings)) {
    if (settings_.refuse_to_start) {
      throw tenon::Error(tenon::ErrorCode::kInvalid, "it was told not to start");
    }
  }
  tenon::Task<Report> Infer(Order order, const tenon::RequestContext& context) const {
    if (order.crash) std::abort();
    if (order.fail) throw tenon::Error(tenon::ErrorCode::kInvalid, "it was told to fail");
    const auto pause = std::chrono::milliseconds(static_cast<std::int64_t>(order.sleep_s * 1000));
    if (order.block) {
      std::this_thread::sleep_for(pause);
    } else {
      co_await tenon::Sleep(pause);
    }
    context.ReplyCustomAttributes("from=" + std::to_string(getpid()));
    co_return Report{.text = order.text,
                     .pid = getpid(),
                     .front_pid = 0,
                     .request_id = std::string(context.Id()),
                     .setting = settings_.greeting};
  }

 private:
  Settings settings_;
};

class Front {
 public:
  explicit Front(tenon::Handle<Report(Order)> worker) : worker_(worker) {}
  tenon::Task<Report> Infer(Order order) const {
    Report report = co_await worker_(std::move(order));
    report.front_pid = getpid();
    co_return report;
  }

 private:
  tenon::Handle<Report(Order)> worker_;
};

class Counter {
 public:
  tenon::Stream<Report> Infer(Order order) const {
    for (int i = 0; i < order.items; ++i) {
      if (order.crash && i == 2) std::abort();
      co_await tenon::Sleep(
          std::chrono::milliseconds(static_cast<std::int64_t>(order.sleep_s * 1000)));
      Report report;
      report.text = std::to_string(i);
      report.pid = getpid();
      co_yield report;
    }
  }
};

TENON_APPLICATION(single, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  return tenon::sagemaker::Driver(app.Bind<Worker>({.num_replicas = 2}, settings));
}
TENON_APPLICATION(one, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  return tenon::sagemaker::Driver(app.Bind<Worker>({.num_replicas = 1}, settings));
}
TENON_APPLICATION(composed, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  const auto worker = app.Bind<Worker>({.num_replicas = 2}, settings);
  return tenon::sagemaker::Driver(app.Bind<Front>({}, worker));
}
TENON_APPLICATION(counter, app) { return tenon::sagemaker::Driver(app.Bind<Counter>()); }
