// SPDX-License-Identifier: Apache-2.0
// Any bytes to a caller, from a replica that has welcomed it (first byte odd) or has not, while a
// stream is under way. The call must end, one way or the other.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "engine/wire/address.hpp"
#include "engine/wire/caller.hpp"
#include "tenon/base/log.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/task/compute_pool.hpp"

namespace {

using namespace tenon;

struct Value {
  std::string text;
  std::vector<float> numbers;
  Tensor<float> tensor;
};
class Model {
 public:
  Stream<Value> Infer(Value value) const { co_yield value; }
};

Task<Unit> TakeAll(HandleOf<Model> model) {
  Stream<Value> items = model(Value{});
  while (co_await items.Next()) continue;
  co_return Unit{};
}

// The replica: takes one connection, says what it is told, and closes.
class Peer final : public FdHandler {
 public:
  Peer(EpollLoop& loop, int listener, std::string bytes)
      : loop_(loop), listener_(listener), bytes_(std::move(bytes)) {
    loop_.Watch(listener_, EPOLLIN, *this).Value();
  }
  ~Peer() {
    loop_.Unwatch(listener_);
    close(listener_);
  }

 private:
  void OnEvents(std::uint32_t) noexcept override {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    [[maybe_unused]] const ssize_t sent = send(fd, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    close(fd);
  }
  EpollLoop& loop_;
  int listener_;
  std::string bytes_;
};

class Run final : public PostedWork, public Completion {
 public:
  Run(EpollLoop& loop, HandleOf<Model> model) : loop_(loop), task_(TakeAll(model)) {
    scope_.loop = &loop;
    scope_.deadline = Deadline::After(SystemClock().Now(), std::chrono::milliseconds(3));
    loop.Post(*this);
  }
  void RunPosted() noexcept override {
    if (task_.Start(scope_, *this)) loop_.RequestExit();
  }
  std::coroutine_handle<> Complete() noexcept override {
    loop_.RequestExit();
    return std::noop_coroutine();
  }

 private:
  EpollLoop& loop_;
  Scope scope_;
  Task<Unit> task_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const SystemClock clock;
  static ComputePool pool(1);
  static NullSink sink;
  static Logger log({}, sink);
  const std::string address = "unix:/tmp/tenon-fuzz-caller-" + std::to_string(getpid());

  const auto loop = EpollLoop::Create(clock).Value();
  std::array<EventLoop*, 1> events{loop.get()};
  std::array<EpollLoop*, 1> sockets{loop.get()};
  Application app("fuzz");
  const auto model = app.Bind<Model>();
  serving::BoundDeployment& deployment = *app.Deployments()[0];
  const serving::ReplicaServices services{
      .pool = pool, .clock = clock, .log = log, .loops = events, .cpus = 1};
  {
    engine::Caller caller(deployment, sockets,
                          {.deployment = {}, .secret = "s", .graph = 0, .max_payload = 1U << 20U},
                          services);
    deployment.Connect(caller);
    caller.Apply({.deployment = deployment.Name(), .replicas = {{.address = address}}});
    std::string bytes;
    if ((data[0] & 1U) != 0) {
      const engine::Welcome welcome;
      engine::OutputQueue queue;
      queue.Add({.type = engine::FrameType::kWelcome}, {}, schema::TypeOf<engine::Welcome>(),
                &welcome);
      std::array<iovec, 1> piece;
      queue.Fill(piece);
      bytes.assign(static_cast<const char*>(piece[0].iov_base), piece[0].iov_len);
    }
    bytes.append(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Peer peer(*loop, engine::ListenAt(address).Value(), std::move(bytes));
    const Run run(*loop, model);
    loop->Run();
    deployment.Dismantle();
  }
  unlink(address.substr(5).c_str());  // Behind "unix:".
  return 0;
}
