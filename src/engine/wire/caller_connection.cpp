// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/wire/address.hpp"
#include "engine/wire/caller_loop.hpp"
#include "schema/binary.hpp"
#include "tenon/base/log.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::engine {
namespace {

Error LostError(bool is_unstarted, std::string_view why, const std::string& address) {
  return Error(ErrorCode::kUnavailable,
               is_unstarted ? "A replica of the model went away before it took the request; try "
                              "again."
                            : "The replica that worked on the request has gone; try again.")
      .WithPrivateDetail(address + ": " + std::string(why));
}

}  // namespace

CallerConnection::CallerConnection(CallerLoop& loop, std::shared_ptr<ReplicaState> replica)
    : loop_(loop),
      replica_(std::move(replica)),
      channel_(loop.Loop(), *this, loop.Options().max_payload) {
  channel_.Output().SetMaxPayload(loop.Options().max_payload);
}

CallerConnection::~CallerConnection() = default;

void CallerConnection::Connect() noexcept {
  const auto fd = ConnectTo(replica_->address);
  if (!fd || !channel_.Open(*fd)) {
    RetryLater();
    return;
  }
  const Hello hello{.version = kProtocolVersion,
                    .secret = loop_.Options().secret,
                    .graph = loop_.Options().graph,
                    .deployment = loop_.Options().deployment};
  channel_.Output().Add({.type = FrameType::kHello}, {}, schema::TypeOf<Hello>(), &hello);
  channel_.Flush();
  loop_.Loop().Arm(*this, loop_.Loop().Now() + kWelcomeTimeout);
}

void CallerConnection::RetryLater() noexcept {
  if (is_let_go_) return;
  const std::chrono::milliseconds pause(ReconnectPauseMs(failures_++));
  loop_.Loop().Arm(*this, loop_.Loop().Now() + pause);
}

void CallerConnection::OnTime() noexcept {
  if (is_let_go_ || is_welcome_) return;
  // Either the pause is over, or the welcome has not come.
  if (channel_.IsOpen()) {
    channel_.Close();
    RetryLater();
  } else {
    Connect();
  }
}

Result<> CallerConnection::Send(OutgoingCall& call) {
  do {
    ++last_id_;
  } while (last_id_ == 0 || calls_.contains(last_id_));
  const std::uint32_t id = last_id_;
  try {
    head_.clear();
    call.WriteHead(head_);
    if (head_.size() > kMaxHeadSize) {
      return Error(ErrorCode::kTooLarge,
                   "The headers of the request are too long to be sent to a replica.");
    }
    calls_.emplace(id, &call);
    channel_.Output().Add({.type = FrameType::kCall, .call = id}, head_,
                          call.Payloads().request_type, call.Payloads().request);
  } catch (...) {
    calls_.erase(id);
    return ErrorFromCurrentException();
  }
  replica_->in_flight.fetch_add(1, std::memory_order_relaxed);
  call.OnSent(*this, id, channel_.Output().Queued());
  channel_.Flush();
  return {};
}

OutgoingCall* CallerConnection::Remove(std::uint32_t id) noexcept {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return nullptr;
  OutgoingCall* const call = found->second;
  calls_.erase(found);
  replica_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (is_let_go_ && calls_.empty()) loop_.RefreshSoon();
  return call;
}

void CallerConnection::Cancel(std::uint32_t id) noexcept {
  if (Remove(id) == nullptr || !channel_.IsOpen()) return;
  channel_.Output().Add({.type = FrameType::kCancel, .call = id});
  channel_.Flush();
}

void CallerConnection::AddCredit(std::uint32_t id) noexcept {
  head_.clear();
  WriteCredit(1, head_);
  channel_.Output().Add({.type = FrameType::kCredit, .call = id}, head_);
  channel_.Flush();
}

bool CallerConnection::OnFrame(Frame& frame) {
  if (!is_welcome_) {
    if (frame.header.type == FrameType::kWelcome) return OnWelcome(frame);
    return frame.header.type == FrameType::kError && OnError(frame);
  }
  switch (frame.header.type) {
    case FrameType::kItem: {
      // Of a call that was cancelled meanwhile: nothing.
      const auto found = calls_.find(frame.header.call);
      if (found != calls_.end()) found->second->OnItem(frame);
      return true;
    }
    case FrameType::kEnd:
      if (OutgoingCall* const call = Remove(frame.header.call)) {
        replica_->answered.fetch_add(1, std::memory_order_relaxed);
        call->OnEnd(frame);
      }
      return true;
    case FrameType::kError: return OnError(frame);
    case FrameType::kGoAway: is_going_ = true; return true;
    default: return false;
  }
}

bool CallerConnection::OnWelcome(const Frame& frame) {
  Welcome welcome;
  if (!schema::ReadBinary(schema::TypeOf<Welcome>(), &welcome, frame.payload, frame.owner) ||
      welcome.version != kProtocolVersion) {
    return false;
  }
  is_welcome_ = true;
  failures_ = 0;
  loop_.Loop().Disarm(*this);
  loop_.NoteGraph(welcome.graph, replica_->address);
  loop_.OnUsable();
  return true;
}

bool CallerConnection::OnError(const Frame& frame) {
  WireError wire;
  if (!schema::ReadBinary(schema::TypeOf<WireError>(), &wire, frame.payload, frame.owner)) {
    return false;
  }
  if (frame.header.call == 0) {
    loop_.Log().Warning("a replica refuses to be called",
                        {{"deployment", loop_.Options().deployment},
                         {"address", replica_->address},
                         {"cause", wire.detail}});
    return false;
  }
  if (OutgoingCall* const call = Remove(frame.header.call)) {
    replica_->answered.fetch_add(1, std::memory_order_relaxed);
    call->OnFailed(FromWire(wire), wire.is_unstarted);
  }
  return true;
}

void CallerConnection::OnClosed(std::string_view why) noexcept {
  is_welcome_ = is_silent_ = false;
  is_going_ = is_let_go_;
  const std::uint64_t written = channel_.Output().Written();
  RetryLater();
  // A call that fails may send another one, or be destroyed: the map is taken first.
  std::vector<std::uint32_t> ids;
  ids.reserve(calls_.size());
  for (const auto& [id, call] : calls_) ids.push_back(id);
  for (const std::uint32_t id : ids) {
    OutgoingCall* const call = Remove(id);
    if (call == nullptr) continue;
    // A frame that did not leave whole was not read whole.
    const bool is_unstarted = call->SentEnd() > written;
    if (!is_unstarted) replica_->failed.fetch_add(1, std::memory_order_relaxed);
    call->OnFailed(LostError(is_unstarted, why, replica_->address), is_unstarted);
  }
  if (is_let_go_) loop_.RefreshSoon();
}

void CallerConnection::OnSilence(bool is_silent) noexcept {
  is_silent_ = is_silent;
  if (!is_silent) loop_.OnUsable();
}

void CallerConnection::OnIdle() noexcept {
  if (is_let_go_) loop_.RefreshSoon();
}

void CallerConnection::LetGo() noexcept {
  is_let_go_ = is_going_ = true;
  loop_.RefreshSoon();
}

}  // namespace tenon::engine
