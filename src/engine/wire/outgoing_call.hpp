// SPDX-License-Identifier: Apache-2.0
#pragma once

// A call to a replica elsewhere, as operations of one loop.

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/wire/frame_reader.hpp"
#include "engine/wire/messages.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/schema/type.hpp"
#include "tenon/task/event_loop.hpp"
#include "tenon/task/operation.hpp"

namespace tenon::engine {

class CallerConnection;
class CallerLoop;

enum class CallEvent : std::uint8_t {
  kItem,  // The response was filled with the next item.
  kEnd,   // It was filled with the answer; of a stream: there is nothing more.
};

// What goes there and where the answer goes. All of it outlives the call.
struct CallPayloads {
  const schema::Type& request_type;
  const void* request;
  const schema::Type& response_type;
  void* response;
  bool is_stream = false;
};

// Each `Next` ends with the next event, or with the call's failure; after that there is none. The
// deadline and the stop of its scope end the call at once, whatever the replica does.
//
// Lifetime: it may be destroyed when no Next is under way; the replica is then told that nobody
// waits. Thread safety: confined to its loop.
class OutgoingCall final : private PostedWork, private Timer {
 public:
  // Items that may be under way before the first one was taken.
  static constexpr std::uint64_t kCredit = 8;
  // So long a call waits for a replica when it has no deadline.
  static constexpr std::chrono::seconds kHold{30};

  OutgoingCall(CallerLoop& loop, const CallPayloads& payloads) noexcept
      : loop_(loop), payloads_(payloads) {}
  ~OutgoingCall();

  class NextOperation {
   public:
    using ValueType = CallEvent;
    bool Start(const Scope& scope, Completion& completion) {
      return call_.StartNext(scope, completion);
    }
    Result<CallEvent> TakeResult() { return call_.TakeEvent(); }

   private:
    friend class OutgoingCall;
    explicit NextOperation(OutgoingCall& call) noexcept : call_(call) {}
    OutgoingCall& call_;
  };
  NextOperation Next() noexcept { return NextOperation(*this); }
  // Of a call that has failed: it has surely not begun anywhere.
  bool IsUnstarted() const noexcept { return is_unstarted_; }

  // For the loop and its connections.
  const CallPayloads& Payloads() const noexcept { return payloads_; }
  void WriteHead(std::string& out) const;
  void OnSent(CallerConnection& connection, std::uint32_t id, std::uint64_t end) noexcept;
  std::uint64_t SentEnd() const noexcept { return sent_end_; }
  void OnItem(const Frame& frame) noexcept;
  void OnEnd(const Frame& frame) noexcept;
  // The connection knows the call no more.
  void OnFailed(Error error, bool is_unstarted) noexcept;

 private:
  friend NextOperation;
  struct WakeEarly {
    OutgoingCall* call;
    void operator()() const noexcept;
  };
  struct StoredItem {
    std::vector<std::byte> bytes;
    std::shared_ptr<const void> owner;
    std::span<const std::byte> shared;
  };

  bool StartNext(const Scope& scope, Completion& completion);
  Result<CallEvent> TakeEvent();
  void RunPosted() noexcept override;
  void OnTime() noexcept override;
  void Give(Result<CallEvent> event) noexcept;
  void EndWait() noexcept;
  void Leave() noexcept;
  void Read(std::span<const std::byte> payload, const std::shared_ptr<const void>& owner,
            CallEvent event) noexcept;
  void AddCredit() noexcept;

  CallerLoop& loop_;
  const CallPayloads payloads_;
  CallerConnection* connection_ = nullptr;  // While it is under way there.
  std::uint32_t id_ = 0;
  std::uint64_t sent_end_ = 0;
  bool is_begun_ = false;
  bool is_over_ = false;  // The last event was given.
  bool is_unstarted_ = false;
  std::deque<StoredItem> items_;
  std::optional<Result<CallEvent>> event_;
  std::optional<Result<CallEvent>> last_;  // After the stored items.

  // While a Next waits.
  const Scope* scope_ = nullptr;
  Completion* completion_ = nullptr;
  bool stop_posted_ = false;  // Written by the stop request, read after it was waited for.
  std::optional<StopCallback<WakeEarly>> on_stop_;
};

}  // namespace tenon::engine
