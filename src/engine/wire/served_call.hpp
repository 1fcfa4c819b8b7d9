// SPDX-License-Identifier: Apache-2.0
#pragma once

// A call that came over a connection, from its frame to its answer.

#include <coroutine>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/wire/frame_reader.hpp"
#include "engine/wire/messages.hpp"
#include "engine/wire/output_queue.hpp"
#include "tenon/serving/bound_deployment.hpp"

namespace tenon::engine {

class ServedCall;

// Where answers go. A connection that is gone takes none.
class ServedCallOwner {
 public:
  virtual OutputQueue* OutputOf(ServedCall& call) noexcept = 0;
  // The work has ended and is answered. The call is not destroyed inside.
  virtual void OnEnded(ServedCall& call) noexcept = 0;

 protected:
  ~ServedCallOwner() = default;
};

// Lifetime: from `Begin` until OnEnded. Thread safety: confined to its loop.
class ServedCall final : private serving::UntypedCall, private Completion {
 public:
  ServedCall(ServedCallOwner& owner, serving::BoundDeployment& deployment, std::uint32_t id)
      : owner_(owner), deployment_(deployment), id_(id) {}

  // False: the head is no sense, and nothing has begun.
  bool Begin(const Frame& frame, EventLoop& loop, ComputePool& pool);
  // Nobody waits any more. The work is asked to stop; what it answers is dropped.
  void Cancel() noexcept;
  void AddCredit(std::uint64_t items) noexcept;
  std::uint32_t Id() const noexcept { return id_; }

 private:
  // Waits until an item may be sent.
  class CreditWait {
   public:
    using ValueType = void;
    explicit CreditWait(ServedCall& call) noexcept : call_(call) {}
    bool Start(const Scope& scope, Completion& completion);
    Result<void> TakeResult();

   private:
    ServedCall& call_;
  };

  Result<> ReadRequest(void* request) override;
  void Answer(const void* response) override;
  Task<Unit> AnswerItem(const void* item) override;
  std::coroutine_handle<> Complete() noexcept override;
  void End() noexcept;
  void SendError(const Error& error) noexcept;
  void WakeWaiter() noexcept;

  ServedCallOwner& owner_;
  serving::BoundDeployment& deployment_;
  const std::uint32_t id_;
  std::string head_;  // What the context's texts point into.
  std::vector<Header> headers_;
  const Frame* frame_ = nullptr;  // Only while the request is read.
  StopSource stop_;
  RequestContext context_;
  Scope scope_;
  std::uint64_t credit_ = 0;
  Completion* waiter_ = nullptr;
  bool is_cancelled_ = false;
  bool is_answered_ = false;
  std::optional<Task<Unit>> task_;
};

}  // namespace tenon::engine
