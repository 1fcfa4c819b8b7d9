// SPDX-License-Identifier: Apache-2.0
// A fixed replay: the same requests, one after the other, so that what is counted is the same each
// time. Says how many allocations one of them made; how many instructions, callgrind says.
//
//   replay WORKLOAD COUNT
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tenon/tenon.hpp>

#include "tenon/engine/local_engine.hpp"
#include "tenon/testing/local_endpoint.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace {
std::atomic<std::size_t> allocations{0};

void* Allocate(std::size_t size, std::size_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  if (void* const memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) {
    return memory;
  }
  throw std::bad_alloc();
}
}  // namespace

// The whole program's, its libraries included.
void* operator new(std::size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

constexpr int kWarmUp = 500;
constexpr std::size_t kBatch = 32;

struct Text {
  std::string text;
};
// As examples/hello: the answer is a copy.
struct Echo {
  tenon::Task<Text> Infer(Text request) const { co_return Text{request.text}; }
};
struct Number {
  int value = 0;
};
struct Same {
  tenon::Task<Number> Infer(Number request) const { co_return request; }
};
// Full batches only, however the threads run.
struct Batch {
  tenon::Task<Number> Infer(Number request) const { co_return co_await run_(request); }
  std::vector<Number> Run(std::span<const Number> batch) const {
    return {batch.begin(), batch.end()};
  }
  tenon::Batched<Number(Number)> run_{
      *this, &Batch::Run, {.max_batch_size = kBatch, .batch_wait_timeout = std::chrono::hours(1)}};
};

// Sends the same bytes over and over, and knows the size of the reply from the first one.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      Fail("cannot connect");
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(socket_); }

  void Ask(std::string_view request) {
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      Fail("cannot send");
    }
    std::size_t got = 0;
    do {
      const ssize_t size = recv(socket_, buffer_.data() + got, buffer_.size() - got, 0);
      if (size <= 0) Fail("no answer");
      got += static_cast<std::size_t>(size);
      if (reply_size_ == 0) Learn(got);
    } while (got < reply_size_ || reply_size_ == 0);
  }

 private:
  [[noreturn]] static void Fail(const char* what) {
    std::fprintf(stderr, "replay: %s\n", what);
    std::exit(1);
  }
  void Learn(std::size_t got) {
    const std::string_view text(buffer_.data(), got);
    if (!text.starts_with("HTTP/1.1 200")) Fail(buffer_.data());
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = text.find(kLength);
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos || at > end) return;
    reply_size_ = end + 4 + std::strtoul(text.data() + at + kLength.size(), nullptr, 10);
  }

  int socket_;
  std::size_t reply_size_ = 0;
  std::array<char, 65536> buffer_{};
};

void Report(std::size_t before, int count) {
  std::printf("%.4f\n", static_cast<double>(allocations.load() - before) / count);
}

void ReplayRequests(const std::string& request, int count) {
  tenon::SystemClock clock;
  tenon::ComputePool pool(1);
  tenon::testing::LocalEndpoint endpoint(tenon::http::ServerOptions{});
  tenon::Application app("replay");
  tenon::http::Driver driver = tenon::sagemaker::Driver(app.Bind<Echo>());
  tenon::engine::LocalEngine engine;
  const std::vector<tenon::EventLoop*> loops = endpoint.Server().Loops();
  engine
      .Start(app,
             {.pool = pool, .clock = clock, .log = endpoint.Log().Log(), .loops = loops, .cpus = 1})
      .Value();
  endpoint.Server().SetRoutes(std::move(driver.routes));
  endpoint.Server().SetReady();
  {
    Client client(endpoint.Port());
    for (int i = 0; i < kWarmUp; ++i) client.Ask(request);
    const std::size_t before = allocations.load();
    for (int i = 0; i < count; ++i) client.Ask(request);
    Report(before, count);
  }
  endpoint.Server().RequestDrain(tenon::http::DrainMode::kNow);
  endpoint.Join();
  engine.Stop();
}

template <class Deployment, class Run>
void ReplayCalls(int count, Run run) {
  tenon::testing::ManualClock clock;
  tenon::testing::ManualLoop loop(clock);
  tenon::ComputePool pool(1);
  tenon::testing::CapturedLog log;
  tenon::Application app("replay");
  const auto handle = app.Bind<Deployment>();
  tenon::engine::LocalEngine engine;
  std::array<tenon::EventLoop*, 1> loops{&loop};
  engine.Start(app, {.pool = pool, .clock = clock, .log = log.Log(), .loops = loops, .cpus = 1})
      .Value();
  tenon::Scope scope;
  scope.loop = &loop;
  scope.pool = &pool;
  tenon::testing::RunIn(scope, loop, run(handle, kWarmUp)).Value();
  const std::size_t before = allocations.load();
  tenon::testing::RunIn(scope, loop, run(handle, count)).Value();
  Report(before, count);
  engine.Stop();
}

template <class H>
tenon::Task<long> CallOneByOne(H handle, int count) {
  long sum = 0;
  for (int i = 0; i < count; ++i) sum += (co_await handle(Number{i})).value;
  co_return sum;
}

template <class H>
tenon::Task<long> CallInBatches(H handle, int count) {
  long sum = 0;
  for (int i = 0; i < count; ++i) {
    std::vector<tenon::Task<Number>> calls;
    calls.reserve(kBatch);
    for (std::size_t k = 0; k < kBatch; ++k) {
      calls.push_back([](H callee, Number number) -> tenon::Task<Number> {
        co_return co_await callee(number);
      }(handle, Number{static_cast<int>(k)}));
    }
    for (const Number& number : co_await tenon::WhenAll(std::move(calls))) sum += number.value;
  }
  co_return sum;
}

std::string Post(std::size_t length) {
  const std::string body = fmt::format(R"({{"text":"{}"}})", std::string(length, 'x'));
  return fmt::format(
      "POST /invocations HTTP/1.1\r\nHost: replay\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      body.size(), body);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view workload = argc > 1 ? argv[1] : "";
  const int count = argc > 2 ? std::atoi(argv[2]) : 0;
  if (count <= 0) {
    std::fprintf(stderr, "Usage: replay ping|short|small|large|handle|batch COUNT\n");
    return 2;
  }
  if (workload == "ping") {
    ReplayRequests("GET /ping HTTP/1.1\r\nHost: replay\r\n\r\n", count);
  } else if (workload == "short") {  // Fits into the string itself: what is left is the server's.
    ReplayRequests(Post(10), count);
  } else if (workload == "small") {
    ReplayRequests(Post(89), count);
  } else if (workload == "large") {
    ReplayRequests(Post(10'229), count);
  } else if (workload == "handle") {
    ReplayCalls<Same>(count, [](auto handle, int n) { return CallOneByOne(handle, n); });
  } else if (workload == "batch") {
    ReplayCalls<Batch>(count, [](auto handle, int n) { return CallInBatches(handle, n); });
  } else {
    std::fprintf(stderr, "replay: there is no workload '%s'\n", argv[1]);
    return 2;
  }
  return 0;
}
