// SPDX-License-Identifier: Apache-2.0
// What a call to a replica in another process costs: 64 bytes there and back, `at_once` calls in
// flight from one loop of this process to one loop of the other. Prints one line of JSON.
//
//   data_plane ADDRESS AT_ONCE SECONDS        ADDRESS: unix:/tmp/x or 127.0.0.1:4711
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/wire/address.hpp"
#include "engine/wire/caller.hpp"
#include "engine/wire/replica_server.hpp"
#include "tenon/base/log.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/task/compute_pool.hpp"

namespace {

using namespace tenon;

struct Payload {
  std::string text;
};
class Echo {
 public:
  Task<Payload> Infer(Payload payload) const { co_return payload; }
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What both sides have.
struct Side {
  SystemClock clock;
  NullSink sink;
  Logger log{{}, sink};
  ComputePool pool{1};
  std::unique_ptr<EpollLoop> loop = EpollLoop::Create(clock).Value();
  std::array<EventLoop*, 1> events{loop.get()};
  std::array<EpollLoop*, 1> sockets{loop.get()};
  Application app{"bench"};
  HandleOf<Echo> echo = app.Bind<Echo>();
  serving::ReplicaServices services{
      .pool = pool, .clock = clock, .log = log, .loops = events, .cpus = 1};
};

[[noreturn]] void Serve(int listener) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Side side;
  serving::BoundDeployment& deployment = *side.app.Deployments()[0];
  deployment.Materialize(side.services).Value();
  engine::ReplicaServer server(deployment, side.pool, side.sockets,
                               {.secret = "s", .graph = 0, .max_payload = 1U << 20U});
  server.Listen(listener).Value();
  side.loop->Run();
  std::abort();
}

// Asks again and again until the time is over.
class Client final : public PostedWork, public Completion {
 public:
  Client(Side& side, TimePoint begin, TimePoint end, std::vector<double>& times, int& running)
      : side_(side), begin_(begin), end_(end), times_(times), running_(running) {
    scope_.loop = side.loop.get();
    side.loop->Post(*this);
  }
  void RunPosted() noexcept override {
    if (started_) Finish();
    if (side_.clock.Now() >= end_) {
      if (--running_ == 0) side_.loop->RequestExit();
      return;
    }
    started_ = true;
    asked_ = side_.clock.Now();
    task_.emplace(side_.echo(Payload{std::string(64, 'x')}));
    if (task_->Start(scope_, *this)) side_.loop->Post(*this);
  }
  std::coroutine_handle<> Complete() noexcept override {
    side_.loop->Post(*this);
    return std::noop_coroutine();
  }

 private:
  void Finish() {
    const TimePoint now = side_.clock.Now();
    const Result<Payload> reply = task_->TakeResult();
    if (!reply || reply->text.size() != 64) std::abort();
    if (asked_ >= begin_)
      times_.push_back(std::chrono::duration<double, std::micro>(now - asked_).count());
  }
  Side& side_;
  const TimePoint begin_;
  const TimePoint end_;
  std::vector<double>& times_;
  int& running_;
  Scope scope_;
  TimePoint asked_{};
  bool started_ = false;
  std::optional<Task<Payload>> task_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string address = argv[1];
  const int at_once = std::atoi(argv[2]);
  const double seconds = std::atof(argv[3]);
  const int listener = engine::ListenAt(address).Value();
  const std::string bound = engine::BoundAddress(listener, address);
  const pid_t child = fork();
  if (child == 0) Serve(listener);
  close(listener);

  Side side;
  serving::BoundDeployment& deployment = *side.app.Deployments()[0];
  engine::Caller caller(deployment, side.sockets,
                        {.deployment = {}, .secret = "s", .graph = 0, .max_payload = 1U << 20U},
                        side.services);
  deployment.Connect(caller);
  caller.Apply({.deployment = deployment.Name(), .replicas = {{.address = bound}}});
  const TimePoint begin = side.clock.Now() + std::chrono::milliseconds(300);
  const TimePoint end = begin + std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
  std::vector<double> times;
  int running = at_once;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < at_once; ++i) {
    clients.push_back(std::make_unique<Client>(side, begin, end, times, running));
  }
  const double cpu = CpuSeconds();
  side.loop->Run();
  const double used = CpuSeconds() - cpu;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  std::sort(times.begin(), times.end());
  const auto count = static_cast<double>(times.size());
  std::printf(
      R"({"at_once": %d, "calls_per_s": %.0f, "p50_us": %.1f, "p99_us": %.1f, "caller_cpu_us": %.2f})"
      "\n",
      at_once, count / seconds, times[times.size() / 2], times[times.size() * 99 / 100],
      1e6 * used / count);
  deployment.Dismantle();
  return 0;
}
