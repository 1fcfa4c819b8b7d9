// SPDX-License-Identifier: Apache-2.0
// Any bytes to a replica, from a peer that knows the secret (first byte odd) or does not. It must
// neither crash nor leak nor hang, and it ends the connection at what it does not understand.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/wire/address.hpp"
#include "engine/wire/replica_server.hpp"
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
  int items = 0;
};
class Model {
 public:
  Stream<Value> Infer(Value value) const {
    for (int i = 0; i < value.items % 32; ++i) co_yield value;
  }
};

// Reads until the server closes, then has the loop end.
class Drain final : public FdHandler {
 public:
  Drain(EpollLoop& loop, int fd) : loop_(loop), fd_(fd) {
    loop_.Watch(fd_, EPOLLIN, *this).Value();
  }
  ~Drain() {
    loop_.Unwatch(fd_);
    close(fd_);
  }

 private:
  void OnEvents(std::uint32_t) noexcept override {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN)) loop_.RequestExit();
  }
  EpollLoop& loop_;
  int fd_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const SystemClock clock;
  static ComputePool pool(1);
  static NullSink sink;
  static Logger log({}, sink);
  const std::string address = "unix:/tmp/tenon-fuzz-" + std::to_string(getpid());

  const auto loop = EpollLoop::Create(clock).Value();
  std::array<EventLoop*, 1> events{loop.get()};
  std::array<EpollLoop*, 1> sockets{loop.get()};
  Application app("fuzz");
  app.Bind<Model>();
  serving::BoundDeployment& deployment = *app.Deployments()[0];
  deployment.Materialize({.pool = pool, .clock = clock, .log = log, .loops = events, .cpus = 1})
      .Value();
  {
    engine::ReplicaServer server(deployment, pool, sockets,
                                 {.secret = "s", .max_payload = 1 << 20});
    server.Listen(engine::ListenAt(address).Value()).Value();
    const int fd = engine::ConnectTo(address).Value();
    std::string bytes;
    if ((data[0] & 1U) != 0) {
      const engine::Hello hello{.secret = "s", .graph = 0, .deployment = deployment.Name()};
      engine::OutputQueue queue;
      queue.Add({.type = engine::FrameType::kHello}, {}, schema::TypeOf<engine::Hello>(), &hello);
      std::array<iovec, 1> piece;
      queue.Fill(piece);
      bytes.assign(static_cast<const char*>(piece[0].iov_base), piece[0].iov_len);
    }
    bytes.append(reinterpret_cast<const char*>(data) + 1, size - 1);
    // What does not fit the socket's buffer is not needed to find faults.
    [[maybe_unused]] const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    const Drain drain(*loop, fd);
    loop->Run();
    // Calls end with their connection.
    for (int i = 0; server.InFlight() > 0; ++i) {
      if (i == 1000) std::abort();
      loop->RequestExit();
      loop->Run();
    }
  }
  deployment.Dismantle();
  unlink(address.substr(5).c_str());  // Behind "unix:".
  return 0;
}
