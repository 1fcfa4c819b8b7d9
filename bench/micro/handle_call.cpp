// SPDX-License-Identifier: Apache-2.0
// What a call through a handle costs in this process, and what awaiting something ready costs.
//
//   handle_call [calls per run, default 1000000]
//
// The bar is 1 µs for a handle call of a coroutine that does nothing. Each line is the median of
// nine runs, with the fastest and the slowest; the machine should have nothing else to do.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

#include "tenon/engine/local_engine.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/testing/captured_log.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace {

struct Request {
  int value = 0;
};
struct Response {
  int value = 0;
};

struct NoOpTask {
  tenon::Task<Response> Infer(Request request) const { co_return Response{request.value}; }
};
struct NoOpFunction {
  Response Infer(const Request& request) const { return {request.value}; }
};
struct NoOpBatch {
  std::vector<Response> Infer(std::span<const Request> batch) const {
    return std::vector<Response>(batch.size());
  }
};

tenon::Task<int> Ready(int value) { co_return value; }

tenon::Task<long> AwaitReady(int calls) {
  long sum = 0;
  for (int i = 0; i < calls; ++i) sum += co_await Ready(i);
  co_return sum;
}

template <class H>
tenon::Task<long> CallHandle(H handle, int calls) {
  long sum = 0;
  for (int i = 0; i < calls; ++i) {
    const Response response = co_await handle(Request{i});
    sum += response.value;
  }
  co_return sum;
}

// Runs `make(calls)` nine times and prints what one call of it took.
template <class Make>
void Measure(const char* name, int calls, const tenon::Scope& scope,
             tenon::testing::ManualLoop& loop, Make make) {
  std::array<double, 9> nanoseconds;
  for (double& run : nanoseconds) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = tenon::testing::RunIn(scope, loop, make(calls));
    const auto end = std::chrono::steady_clock::now();
    if (!result) {
      std::fprintf(stderr, "%s: %s\n", name, result.Error().what());
      std::exit(1);
    }
    run = std::chrono::duration<double, std::nano>(end - begin).count() / calls;
  }
  std::sort(nanoseconds.begin(), nanoseconds.end());
  std::printf("%-44s %9.1f ns  (%.1f to %.1f)\n", name, nanoseconds[4], nanoseconds.front(),
              nanoseconds.back());
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  if (calls <= 0) {
    std::fprintf(stderr, "Usage: handle_call [CALLS]\n");
    return 2;
  }
  tenon::testing::ManualClock clock;
  tenon::testing::ManualLoop loop(clock);
  tenon::ComputePool pool(1);
  tenon::testing::CapturedLog log;
  tenon::Application app("bench");
  const auto task = app.Bind<NoOpTask>();
  const auto pinned = app.Bind<NoOpFunction>({.placement = tenon::Placement::kInline});
  const auto function = app.Bind<NoOpFunction>({.placement = tenon::Placement::kPool});
  const auto learned = app.Bind<NoOpFunction>();
  const auto batch = app.Bind<NoOpBatch>();
  tenon::engine::LocalEngine engine;
  std::array<tenon::EventLoop*, 1> loops{&loop};
  engine.Start(app, {.pool = pool, .clock = clock, .log = log.Log(), .loops = loops, .cpus = 1})
      .Value();
  tenon::Scope scope;
  scope.loop = &loop;
  scope.pool = &pool;

  Measure("await of a ready task", calls, scope, loop, AwaitReady);
  Measure("handle call, coroutine", calls, scope, loop, [&](int n) { return CallHandle(task, n); });
  Measure("handle call, function pinned inline", calls, scope, loop,
          [&](int n) { return CallHandle(pinned, n); });
  Measure("handle call, function placed by learning", calls, scope, loop,
          [&](int n) { return CallHandle(learned, n); });
  // These wake a thread of the pool and are woken by it.
  Measure("handle call, function on the pool", calls / 100 + 1, scope, loop,
          [&](int n) { return CallHandle(function, n); });
  Measure("handle call, batch of one", calls / 100 + 1, scope, loop,
          [&](int n) { return CallHandle(batch, n); });
  engine.Stop();
  return 0;
}
