// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/served_call.hpp"

#include <algorithm>
#include <utility>

#include "schema/binary.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/task/stopped.hpp"

namespace tenon::engine {

bool ServedCall::Begin(const Frame& frame, EventLoop& loop, ComputePool& pool) {
  head_.assign(reinterpret_cast<const char*>(frame.head.data()), frame.head.size());
  auto head = ReadCallHead(std::as_bytes(std::span(head_)));
  if (!head) return false;
  headers_ = std::move(head->headers);
  credit_ = head->credit;
  constexpr std::uint64_t kLongest = 1'000'000ULL * 60 * 60 * 24 * 365;
  if (head->budget_us > 0 && head->budget_us < kLongest) {
    scope_.deadline = Deadline::After(loop.Now(), std::chrono::microseconds(head->budget_us));
  }
  context_.SetId(head->id);
  context_.SetCustomAttributes(head->custom_attributes);
  context_.SetSessionId(head->session_id);
  context_.SetPriority(static_cast<int>(head->priority));
  context_.SetHeaders(headers_);
  context_.SetStop(stop_);
  context_.SetDeadline(scope_.deadline);
  scope_.loop = &loop;
  scope_.pool = &pool;
  scope_.stop = stop_;
  scope_.request = &context_;
  frame_ = &frame;
  task_.emplace(deployment_.CallUntyped(*this));
  const bool has_ended = task_->Start(scope_, *this);
  frame_ = nullptr;
  if (has_ended) End();
  return true;
}

Result<> ServedCall::ReadRequest(void* request) {
  return schema::ReadBinary(deployment_.RequestType(), request, frame_->payload, frame_->owner);
}

void ServedCall::Answer(const void* response) {
  is_answered_ = true;
  OutputQueue* const output = owner_.OutputOf(*this);
  if (output == nullptr || is_cancelled_) return;
  std::string head;
  WriteEndHead(context_.ReplyCustomAttributes(), head);
  output->Add({.type = FrameType::kEnd, .call = id_}, head, deployment_.ResponseType(), response);
}

Task<Unit> ServedCall::AnswerItem(const void* item) {
  if (OutputQueue* const output = owner_.OutputOf(*this); output != nullptr && !is_cancelled_) {
    output->Add({.type = FrameType::kItem, .call = id_}, {}, deployment_.ResponseType(), item);
    if (credit_ > 0) --credit_;
  }
  co_await CreditWait(*this);
  co_return Unit{};
}

bool ServedCall::CreditWait::Start(const Scope&, Completion& completion) {
  if (call_.credit_ > 0 || call_.is_cancelled_) return true;
  call_.waiter_ = &completion;
  return false;
}

Result<void> ServedCall::CreditWait::TakeResult() {
  if (call_.is_cancelled_) {
    return Error(ErrorCode::kCancelled, "Nobody waits for the rest of the stream.");
  }
  return {};
}

void ServedCall::WakeWaiter() noexcept {
  if (Completion* const waiter = std::exchange(waiter_, nullptr)) waiter->Complete().resume();
}

void ServedCall::AddCredit(std::uint64_t items) noexcept {
  // So much is never used; adding must not wrap.
  constexpr std::uint64_t kMost = 1U << 20U;
  credit_ = std::min(credit_ + std::min(items, kMost), kMost);
  WakeWaiter();
}

void ServedCall::Cancel() noexcept {
  is_cancelled_ = true;
  stop_.RequestStop();
  WakeWaiter();
}

std::coroutine_handle<> ServedCall::Complete() noexcept {
  End();
  return std::noop_coroutine();
}

void ServedCall::End() noexcept {
  const Result<Unit> result = task_->TakeResult();
  OutputQueue* const output = owner_.OutputOf(*this);
  if (output != nullptr && !is_cancelled_) {
    if (!result) {
      SendError(result.Error());
    } else if (!is_answered_) {
      try {
        output->Add({.type = FrameType::kEnd, .call = id_});
      } catch (...) {
        SendError(ErrorFromCurrentException());
      }
    }
  }
  owner_.OnEnded(*this);
}

void ServedCall::SendError(const Error& error) noexcept {
  try {
    WireError wire = ToWire(error);
    // By its meaning nothing was done: another replica may have room.
    wire.is_unstarted = error.Code() == ErrorCode::kOverloaded;
    owner_.OutputOf(*this)->Add({.type = FrameType::kError, .call = id_}, {},
                                schema::TypeOf<WireError>(), &wire);
  } catch (...) {
    // Without memory for an error there is none for the connection either; the caller's deadline
    // or the connection's end tells it.
    stop_.RequestStop();
  }
}

}  // namespace tenon::engine
