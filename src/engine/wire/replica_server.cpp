// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/replica_server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "schema/binary.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::engine {
namespace {

// Before a peer has shown the secret it can make us hold no more.
constexpr std::uint64_t kHelloLimit = std::uint64_t{8} << 10U;

}  // namespace

// One peer. Lives until it is closed, its calls have ended and the loop has let go of it.
class ReplicaServer::Connection final : private ChannelOwner, private ServedCallOwner {
 public:
  Connection(ReplicaServer& server, LoopPart& part, EpollLoop& loop)
      : server_(server), part_(part), channel_(loop, *this, kHelloLimit) {}

  bool Open(int fd) { return channel_.Open(fd).Ok(); }
  void GoAway() noexcept;
  bool IsOver() const noexcept {
    return !channel_.IsOpen() && !channel_.IsBusy() && calls_.empty();
  }
  void Reap() noexcept { ended_.clear(); }

 private:
  bool OnFrame(Frame& frame) override;
  void OnClosed(std::string_view why) noexcept override;
  void OnSilence(bool) noexcept override {}
  void OnIdle() noexcept override;
  OutputQueue* OutputOf(ServedCall& call) noexcept override;
  void OnEnded(ServedCall& call) noexcept override;

  bool OnHello(const Frame& frame);
  bool OnCall(const Frame& frame);
  void Refuse(std::uint32_t call, const Error& error, bool is_unstarted);

  ReplicaServer& server_;
  LoopPart& part_;
  Channel channel_;
  bool is_welcome_ = false;
  bool is_going_ = false;
  std::map<std::uint32_t, std::unique_ptr<ServedCall>> calls_;
  std::vector<std::unique_ptr<ServedCall>> ended_;  // Destroyed when nobody is inside.
};

// What one loop has of the server.
class ReplicaServer::LoopPart final : private PostedWork {
 public:
  LoopPart(ReplicaServer& server, EpollLoop& loop)
      : server_(server), loop_(loop), go_away_(*this), adopt_(*this) {}
  ~LoopPart() {
    for (const int fd : incoming_) close(fd);
  }

  EpollLoop& Loop() noexcept { return loop_; }
  // From any thread.
  void Adopt(int fd) {
    const std::lock_guard lock(mutex_);
    incoming_.push_back(fd);
    if (incoming_.size() == 1) loop_.Post(adopt_);
  }
  void GoAway() noexcept { loop_.Post(go_away_); }
  // On the loop: at the end of what it does now, drop what is over.
  void ReapSoon() noexcept {
    if (std::exchange(reaping_, true)) return;
    loop_.Post(*this);
  }

 private:
  template <void (LoopPart::*kMember)() noexcept>
  class Step final : public PostedWork {
   public:
    explicit Step(LoopPart& part) noexcept : part_(part) {}
    void RunPosted() noexcept override { (part_.*kMember)(); }

   private:
    LoopPart& part_;
  };

  void RunPosted() noexcept override {
    reaping_ = false;
    for (const auto& connection : connections_) connection->Reap();
    std::erase_if(connections_, [](const auto& connection) { return connection->IsOver(); });
  }
  void TakeIncoming() noexcept {
    std::vector<int> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(incoming_);
    }
    for (const int fd : taken) {
      auto connection = std::make_unique<Connection>(server_, *this, loop_);
      if (!connection->Open(fd)) continue;
      connections_.push_back(std::move(connection));
      if (is_going_) connections_.back()->GoAway();
    }
  }
  void SayGoAway() noexcept {
    is_going_ = true;
    for (const auto& connection : connections_) connection->GoAway();
  }

  ReplicaServer& server_;
  EpollLoop& loop_;
  Step<&LoopPart::SayGoAway> go_away_;
  Step<&LoopPart::TakeIncoming> adopt_;
  std::mutex mutex_;
  std::vector<int> incoming_;  // Guarded by mutex_.
  std::vector<std::unique_ptr<Connection>> connections_;
  bool reaping_ = false;
  bool is_going_ = false;
};

// Deals connections out in turn: each peer has one for each of its loops.
class ReplicaServer::Acceptor final : private FdHandler {
 public:
  Acceptor(int fd, std::vector<std::unique_ptr<LoopPart>>& parts) : fd_(fd), parts_(parts) {}
  ~Acceptor() {
    if (is_watched_) parts_.front()->Loop().Unwatch(fd_);
    close(fd_);
  }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  Result<> Watch() {
    auto watched = parts_.front()->Loop().Watch(fd_, EPOLLIN, *this);
    is_watched_ = watched.Ok();
    return watched;
  }

 private:
  void OnEvents(std::uint32_t) noexcept override {
    for (;;) {
      const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      parts_[next_++ % parts_.size()]->Adopt(fd);
    }
  }

  const int fd_;
  std::vector<std::unique_ptr<LoopPart>>& parts_;
  std::size_t next_ = 0;
  bool is_watched_ = false;
};

ReplicaServer::ReplicaServer(serving::BoundDeployment& deployment, ComputePool& pool,
                             std::span<EpollLoop* const> loops, ReplicaServerOptions options)
    : deployment_(deployment), pool_(pool), options_(std::move(options)) {
  for (EpollLoop* loop : loops) parts_.push_back(std::make_unique<LoopPart>(*this, *loop));
}

ReplicaServer::~ReplicaServer() = default;

Result<> ReplicaServer::Listen(int fd) {
  acceptor_ = std::make_unique<Acceptor>(fd, parts_);
  return acceptor_->Watch();
}

void ReplicaServer::GoAway() noexcept {
  for (const auto& part : parts_) part->GoAway();
}

bool ReplicaServer::Connection::OnFrame(Frame& frame) {
  if (!is_welcome_) return frame.header.type == FrameType::kHello && OnHello(frame);
  switch (frame.header.type) {
    case FrameType::kCall: return OnCall(frame);
    case FrameType::kCancel:
    case FrameType::kCredit: {
      // Of a call that has ended meanwhile: nothing.
      const auto found = calls_.find(frame.header.call);
      if (frame.header.type == FrameType::kCancel) {
        if (found != calls_.end()) found->second->Cancel();
        return true;
      }
      const auto items = ReadCredit(frame.head);
      if (items && found != calls_.end()) found->second->AddCredit(*items);
      return items.has_value();
    }
    default: return false;
  }
}

bool ReplicaServer::Connection::OnHello(const Frame& frame) {
  Hello hello;
  if (!schema::ReadBinary(schema::TypeOf<Hello>(), &hello, frame.payload, frame.owner)) {
    return false;
  }
  // Whoever does not know the secret learns nothing, not even that there was one.
  if (!SecretsEqual(server_.options_.secret, hello.secret)) return false;
  if (hello.version != kProtocolVersion || hello.deployment != server_.deployment_.Name()) {
    Refuse(0,
           Error(ErrorCode::kUnavailable,
                 "A replica of '" + server_.deployment_.Name() + "' was asked for '" +
                     hello.deployment + "', with version " + std::to_string(hello.version) +
                     " of the protocol; it has version " + std::to_string(kProtocolVersion) + "."),
           true);
    channel_.Flush();
    return true;
  }
  is_welcome_ = true;
  channel_.SetMaxPayload(server_.options_.max_payload);
  channel_.Output().SetMaxPayload(server_.options_.max_payload);
  const Welcome welcome{.version = kProtocolVersion, .graph = server_.options_.graph};
  channel_.Output().Add({.type = FrameType::kWelcome}, {}, schema::TypeOf<Welcome>(), &welcome);
  if (is_going_) channel_.Output().Add({.type = FrameType::kGoAway});
  channel_.Flush();
  return true;
}

bool ReplicaServer::Connection::OnCall(const Frame& frame) {
  const std::uint32_t id = frame.header.call;
  if (id == 0 || calls_.contains(id)) return false;
  if (is_going_) {
    Refuse(id, Error(ErrorCode::kUnavailable, "This replica is shutting down."), true);
    channel_.Flush();
    return true;
  }
  ServedCallOwner& self = *this;
  auto owned = std::make_unique<ServedCall>(self, server_.deployment_, id);
  ServedCall& call = *owned;
  calls_.emplace(id, std::move(owned));
  ++server_.in_flight_;
  if (call.Begin(frame, channel_.Loop(), server_.pool_)) return true;
  --server_.in_flight_;
  calls_.erase(id);
  return false;
}

void ReplicaServer::Connection::Refuse(std::uint32_t call, const Error& error, bool is_unstarted) {
  WireError wire = ToWire(error);
  wire.is_unstarted = is_unstarted;
  channel_.Output().Add({.type = FrameType::kError, .call = call}, {}, schema::TypeOf<WireError>(),
                        &wire);
}

void ReplicaServer::Connection::GoAway() noexcept {
  is_going_ = true;
  if (!channel_.IsOpen() || !is_welcome_) return;
  channel_.Output().Add({.type = FrameType::kGoAway});
  channel_.Flush();
}

void ReplicaServer::Connection::OnClosed(std::string_view) noexcept {
  // A call that ends inside leaves the map: the ids are taken before.
  std::vector<std::uint32_t> ids;
  ids.reserve(calls_.size());
  for (const auto& [id, call] : calls_) ids.push_back(id);
  for (const std::uint32_t id : ids) {
    if (const auto found = calls_.find(id); found != calls_.end()) found->second->Cancel();
  }
  part_.ReapSoon();
}

void ReplicaServer::Connection::OnIdle() noexcept { part_.ReapSoon(); }

OutputQueue* ReplicaServer::Connection::OutputOf(ServedCall&) noexcept {
  if (!channel_.IsOpen()) return nullptr;
  // Whoever asks is about to write.
  channel_.Flush();
  return &channel_.Output();
}

void ReplicaServer::Connection::OnEnded(ServedCall& call) noexcept {
  const auto found = calls_.find(call.Id());
  ended_.push_back(std::move(found->second));
  calls_.erase(found);
  --server_.in_flight_;
  part_.ReapSoon();
}

}  // namespace tenon::engine
