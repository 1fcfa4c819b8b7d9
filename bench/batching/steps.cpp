// SPDX-License-Identifier: Apache-2.0
// Models whose cost is known: what overload, clients that leave and placement are measured with.
#include <pthread.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tenon/tenon.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

struct Request {
  std::int32_t number;
};
struct Answer {
  std::int32_t number;
};

// Of the thread, so that what others get of its core does not count.
nanoseconds ThreadTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}
void Work(nanoseconds time) {
  const nanoseconds end = ThreadTime() + time;
  while (ThreadTime() < end) continue;
}

struct Counts {
  std::atomic<std::int64_t> items = 0;
  std::atomic<std::int64_t> work_us = 0;
  std::atomic<std::int64_t> dead_us = 0;     // Of it, for requests that nobody waited for any more.
  std::atomic<std::int64_t> slow_calls = 0;  // Of Changing.
  std::atomic<std::int64_t> held_loop = 0;   // Of those, calls that ran on a loop.
  std::atomic<std::int64_t> changes = 0;
};

class CountsRoute final : public tenon::http::Handler {
 public:
  explicit CountsRoute(std::shared_ptr<Counts> counts) : counts_(std::move(counts)) {}
  tenon::Task<void> Serve(const tenon::http::Request&,
                          tenon::http::Response& response) const override {
    std::string text = "{";
    const auto add = [&text](const char* name, std::int64_t value) {
      text += (text.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + std::to_string(value);
    };
    add("items", counts_->items);
    add("work_us", counts_->work_us);
    add("dead_us", counts_->dead_us);
    add("slow_calls", counts_->slow_calls);
    add("held_loop", counts_->held_loop);
    add("changes", counts_->changes);
    response.Body() += text + "}";
    co_return;
  }

 private:
  std::shared_ptr<Counts> counts_;
};

// What a run takes: time of this machine's cores, or of an accelerator beside them. Only the latter
// stays what it is while the client and refusals want cores as well.
enum class Resource : std::uint8_t { kCore, kAccelerator };

// A run of n items costs so much; it looks at each item's request when the run begins.
class Batcher {
 public:
  Batcher(Resource resource, microseconds fixed, microseconds each, std::shared_ptr<Counts> counts)
      : resource_(resource), fixed_(fixed), each_(each), counts_(std::move(counts)) {}

  tenon::Task<Answer> Infer(Request request, const tenon::RequestContext& context) const {
    co_return co_await run_(Item{request.number, &context});
  }

 private:
  struct Item {
    std::int32_t number;
    const tenon::RequestContext* context;
  };

  std::vector<Answer> Run(std::span<const Item> batch) const {
    const auto size = static_cast<std::int64_t>(batch.size());
    std::int64_t dead = 0;
    for (const Item& item : batch) dead += item.context->Stop().StopRequested() ? 1 : 0;
    const microseconds time = fixed_ + each_ * size;
    if (resource_ == Resource::kCore) {
      Work(time);
    } else {
      std::this_thread::sleep_for(time);
    }
    counts_->items += size;
    counts_->work_us += time.count();
    counts_->dead_us += time.count() * dead / size;
    std::vector<Answer> answers;
    for (const Item& item : batch) answers.push_back({item.number});
    return answers;
  }

  const Resource resource_;
  const microseconds fixed_;
  const microseconds each_;
  const std::shared_ptr<Counts> counts_;
  tenon::Batched<Answer(Item)> run_{*this, &Batcher::Run};
};

class Constant {
 public:
  explicit Constant(microseconds time) : time_(time) {}
  Answer Infer(const Request& request) const {
    Work(time_);
    return {request.number};
  }

 private:
  microseconds time_;
};

// 2 µs, and 2 ms in every fifth period of 300 ms.
class Changing {
 public:
  explicit Changing(std::shared_ptr<Counts> counts) : counts_(std::move(counts)) {}
  Answer Infer(const Request& request, const tenon::RequestContext& context) const {
    const auto period =
        std::chrono::steady_clock::now().time_since_epoch() / std::chrono::milliseconds(300);
    const bool is_slow = period % 5 == 4;
    if (was_slow_.exchange(is_slow) != is_slow) ++counts_->changes;
    Work(is_slow ? microseconds(2000) : microseconds(2));
    if (is_slow) {
      ++counts_->slow_calls;
      counts_->held_loop += IsLoopThread() ? 1 : 0;
    }
    static_cast<void>(context);
    return {request.number};
  }

 private:
  static bool IsLoopThread() {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof(name));
    return !std::string_view(name).starts_with("tenon-pool");
  }

  std::shared_ptr<Counts> counts_;
  mutable std::atomic<bool> was_slow_ = false;
};

class Sleeper {
 public:
  tenon::Task<Answer> Infer(Request request) const {
    co_await tenon::Sleep(std::chrono::seconds(request.number));
    co_return Answer{request.number};
  }
};

template <class D, class... Arguments>
tenon::http::Driver Serve(tenon::Application& app, tenon::DeploymentOptions options,
                          const std::shared_ptr<Counts>& counts, Arguments... arguments) {
  auto driver = tenon::sagemaker::Driver(app.Bind<D>(std::move(options), arguments...));
  driver.routes.push_back(
      {.method = "GET", .path = "/counts", .handler = std::make_unique<CountsRoute>(counts)});
  return driver;
}

tenon::http::Driver Batch(tenon::Application& app, Resource resource, int fixed_us, int each_us) {
  const auto counts = std::make_shared<Counts>();
  return Serve<Batcher>(app, {}, counts, resource, microseconds(fixed_us), microseconds(each_us),
                        counts);
}
tenon::http::Driver Place(tenon::Application& app, int time_us, tenon::Placement placement) {
  return Serve<Constant>(app, {.placement = placement}, std::make_shared<Counts>(),
                         microseconds(time_us));
}
tenon::http::Driver Change(tenon::Application& app, tenon::Placement placement) {
  const auto counts = std::make_shared<Counts>();
  return Serve<Changing>(app, {.placement = placement}, counts, counts);
}

}  // namespace

// Items get cheaper together, or do not.
TENON_APPLICATION(cheaper, app) { return Batch(app, Resource::kAccelerator, 4000, 500); }
TENON_APPLICATION(alike, app) { return Batch(app, Resource::kAccelerator, 0, 2000); }
TENON_APPLICATION(computed, app) { return Batch(app, Resource::kCore, 0, 2000); }

TENON_APPLICATION(learned_2, app) { return Place(app, 2, tenon::Placement::kLearned); }
TENON_APPLICATION(inline_2, app) { return Place(app, 2, tenon::Placement::kInline); }
TENON_APPLICATION(pool_2, app) { return Place(app, 2, tenon::Placement::kPool); }
TENON_APPLICATION(learned_20, app) { return Place(app, 20, tenon::Placement::kLearned); }
TENON_APPLICATION(inline_20, app) { return Place(app, 20, tenon::Placement::kInline); }
TENON_APPLICATION(pool_20, app) { return Place(app, 20, tenon::Placement::kPool); }
TENON_APPLICATION(learned_2000, app) { return Place(app, 2000, tenon::Placement::kLearned); }
TENON_APPLICATION(pool_2000, app) { return Place(app, 2000, tenon::Placement::kPool); }
TENON_APPLICATION(learned_changing, app) { return Change(app, tenon::Placement::kLearned); }
TENON_APPLICATION(pool_changing, app) { return Change(app, tenon::Placement::kPool); }

// One call holds it for as many seconds as it says; every other is refused.
TENON_APPLICATION(refusing, app) {
  return Serve<Sleeper>(app, {.max_ongoing_requests = 1, .max_queued_requests = 0},
                        std::make_shared<Counts>());
}
