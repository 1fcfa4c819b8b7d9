// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/outgoing_call.hpp"

#include <algorithm>
#include <utility>

#include "engine/wire/caller_loop.hpp"
#include "schema/binary.hpp"
#include "tenon/task/stopped.hpp"

namespace tenon::engine {

OutgoingCall::~OutgoingCall() { Leave(); }

bool OutgoingCall::StartNext(const Scope& scope, Completion& completion) {
  event_.reset();
  if (!items_.empty()) {
    const StoredItem item = std::move(items_.front());
    items_.pop_front();
    Read(item.owner ? item.shared : std::span<const std::byte>(item.bytes), item.owner,
         CallEvent::kItem);
    return true;
  }
  if (last_) {
    event_ = std::exchange(last_, std::nullopt);
    return true;
  }
  if (IsStopped(scope)) {
    Leave();
    is_over_ = true;
    event_.emplace(StoppedError(scope));
    return true;
  }
  scope_ = &scope;
  if (!is_begun_) {
    is_begun_ = true;
    loop_.Submit(*this);
    // What cannot be written has failed already.
    if (last_) {
      event_ = std::exchange(last_, std::nullopt);
      return true;
    }
  }
  completion_ = &completion;
  Deadline until = scope.deadline;
  if (connection_ == nullptr) {
    until = Earlier(until, Deadline::After(scope.loop->Now(), kHold));
  }
  if (!until.IsNever()) scope.loop->Arm(*this, until.Time());
  on_stop_.emplace(scope.stop, WakeEarly{this});
  return false;
}

Result<CallEvent> OutgoingCall::TakeEvent() { return std::move(*event_); }

void OutgoingCall::WakeEarly::operator()() const noexcept {
  call->stop_posted_ = true;
  call->scope_->loop->Post(*call);
}

void OutgoingCall::RunPosted() noexcept {
  on_stop_.reset();
  stop_posted_ = false;
  if (!event_) {
    Leave();
    is_over_ = true;
    event_.emplace(StoppedError(*scope_));
  }
  EndWait();
}

void OutgoingCall::OnTime() noexcept {
  if (event_) return;  // RunPosted is under way and ends it.
  const bool is_deadline = scope_->deadline.Passed(scope_->loop->Now());
  // Waiting for a replica had a limit that sending has put off.
  if (!is_deadline && connection_ != nullptr) {
    if (!scope_->deadline.IsNever()) scope_->loop->Arm(*this, scope_->deadline.Time());
    return;
  }
  Leave();
  is_over_ = true;
  Give(is_deadline ? DeadlineError()
                   : Error(ErrorCode::kUnavailable,
                           "No replica of the model could be reached in time; try again later."));
}

void OutgoingCall::Give(Result<CallEvent> event) noexcept {
  event_.emplace(std::move(event));
  EndWait();
}

void OutgoingCall::EndWait() noexcept {
  on_stop_.reset();
  if (stop_posted_) return;
  scope_->loop->Disarm(*this);
  scope_->loop->SetActivity(scope_->activity);
  std::exchange(completion_, nullptr)->Complete().resume();
}

void OutgoingCall::Leave() noexcept {
  if (CallerConnection* const connection = std::exchange(connection_, nullptr)) {
    connection->Cancel(id_);
  } else if (is_begun_ && !is_over_) {
    loop_.Forget(*this);
  }
}

void OutgoingCall::WriteHead(std::string& out) const {
  CallHead head;
  const Scope& scope = *scope_;
  if (!scope.deadline.IsNever()) {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
        scope.deadline.Remaining(scope.loop->Now()));
    head.budget_us = static_cast<std::uint64_t>(std::max<std::int64_t>(left.count(), 1));
  }
  head.credit = payloads_.is_stream ? kCredit : 0;
  if (const RequestContext* const context = scope.request) {
    head.priority = static_cast<std::uint64_t>(context->Priority());
    head.id = context->Id();
    head.custom_attributes = context->CustomAttributes();
    head.session_id = context->SessionId();
    head.headers.assign(context->Headers().begin(), context->Headers().end());
  }
  WriteCallHead(head, out);
}

void OutgoingCall::OnSent(CallerConnection& connection, std::uint32_t id,
                          std::uint64_t end) noexcept {
  connection_ = &connection;
  id_ = id;
  sent_end_ = end;
}

void OutgoingCall::Read(std::span<const std::byte> payload,
                        const std::shared_ptr<const void>& owner, CallEvent event) noexcept {
  auto read = schema::ReadBinary(payloads_.response_type, payloads_.response, payload, owner);
  if (!read) {
    // Not the client's fault: replica and caller differ.
    Leave();
    is_over_ = true;
    event_.emplace(Error(ErrorCode::kInternal, read.Error().Detail())
                       .WithPrivateDetail(read.Error().PrivateDetail()));
    return;
  }
  if (event == CallEvent::kItem && connection_ != nullptr) connection_->AddCredit(id_);
  event_.emplace(event);
}

void OutgoingCall::OnItem(const Frame& frame) noexcept {
  if (completion_ != nullptr && !event_) {
    Read(frame.payload, frame.owner, CallEvent::kItem);
    EndWait();
    return;
  }
  StoredItem item;
  if (frame.owner) {
    item.owner = frame.owner;
    item.shared = frame.payload;
  } else {
    item.bytes.assign(frame.payload.begin(), frame.payload.end());
  }
  items_.push_back(std::move(item));
}

void OutgoingCall::OnEnd(const Frame& frame) noexcept {
  connection_ = nullptr;
  is_over_ = true;
  if (completion_ == nullptr || event_) {
    last_.emplace(CallEvent::kEnd);
    return;
  }
  if (const auto attributes = ReadEndHead(frame.head); attributes && scope_->request != nullptr) {
    try {
      scope_->request->ReplyCustomAttributes(*attributes);
    } catch (const Error&) {
      // What another build allowed and this one does not is left out.
    }
  }
  if (payloads_.is_stream) {
    event_.emplace(CallEvent::kEnd);
  } else {
    Read(frame.payload, frame.owner, CallEvent::kEnd);
  }
  EndWait();
}

void OutgoingCall::OnFailed(Error error, bool is_unstarted) noexcept {
  connection_ = nullptr;
  is_over_ = true;
  is_unstarted_ = is_unstarted;
  if (completion_ == nullptr || event_) {
    last_.emplace(std::move(error));
  } else {
    Give(std::move(error));
  }
}

}  // namespace tenon::engine
