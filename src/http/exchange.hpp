// SPDX-License-Identifier: Apache-2.0
#pragma once

// One request in flight: all that must live until its work has really ended.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "http/block.hpp"
#include "http/chunked_decoder.hpp"
#include "http/request_parser.hpp"
#include "tenon/base/result.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/http/handler.hpp"
#include "tenon/http/request.hpp"
#include "tenon/http/response.hpp"
#include "tenon/serving/request_context.hpp"
#include "tenon/task/event_loop.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/scope.hpp"
#include "tenon/task/task.hpp"

namespace tenon::http {

class Exchange;

// Who goes on with an exchange that had suspended: its connection, or, when that no longer waits,
// the loop's front, which joins it.
class ExchangeOwner {
 public:
  virtual void OnProgress(Exchange& exchange) noexcept = 0;
  // Its deadline has passed while it was suspended; it is no longer swept.
  virtual void OnDeadline(Exchange& exchange) noexcept = 0;

 protected:
  ~ExchangeOwner() = default;
};

// What an exchange takes over from where it runs.
struct ExchangePlace {
  EventLoop& loop;
  ComputePool& pool;
  ExchangeOwner& owner;
};

// Recycled by its loop. The request's views point into the block that it was read into; as long as
// nothing suspends, that block stays the connection's.
//
// Thread safety: confined to its loop.
class Exchange final : private Completion, private PostedWork {
 public:
  enum class Step : std::uint8_t {
    kServe,  // The handler's task.
    kPull,   // The next chunk of a stream.
    kYield,  // A fast stream lets others have the loop.
  };

  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Of the request: filled by the connection.
  RequestHead head;
  Block head_block;  // Where the head is, once it had to be kept.
  struct Incoming {
    std::optional<ChunkedDecoder> decoder;  // None: a body of known length.
    GrowingBody growing;
    Block block;
    std::size_t filled = 0;
  } incoming;  // A body that is not in the head's block.

  // Of the reply: used by the connection.
  Response response;
  std::string wire;        // What is written when it is not the response's own memory.
  bool head_sent = false;  // Of a stream.
  bool stream_ended = false;
  unsigned quick_items = 0;   // Of a stream, the last in a row that came at once.
  bool is_counted = false;    // As in flight.
  bool is_accounted = false;  // In the metrics.
  bool keeps_connection = false;
  bool is_logged = false;
  bool must_linger = false;  // Close only after the client has had time to read the reply.
  TimePoint started{};
  std::size_t sweep_position = kNotSwept;  // In the deadline sweep.
  static constexpr std::size_t kNotSwept = static_cast<std::size_t>(-1);

  // Makes a fresh context with this id.
  void Begin(TimePoint now, std::uint64_t process, std::uint64_t number);
  RequestContext& Context() noexcept { return *context_; }
  // Also of an exchange that never began.
  std::string_view Id() const noexcept { return context_ ? context_->Id() : std::string_view(); }
  Deadline DeadlineOfRequest() const noexcept {
    return context_ ? context_->Deadline() : Deadline::Never();
  }
  bool IsHead() const noexcept { return head.method == "HEAD"; }

  // Each starts a step; true: it has ended already, else the owner is told later.
  bool Serve(const Handler& handler, Body body, const char* activity, const ExchangePlace& place);
  bool Pull();
  // Never ends at once.
  void Yield();

  Step CurrentStep() const noexcept { return step_; }
  // REQUIRES: a step is under way.
  ExchangeOwner& Owner() const noexcept { return *owner_; }
  // After kServe and kPull, once each.
  // The handler's last word on a response that is no error.
  void FinishResponse();
  Result<> TakeServed();
  Result<std::optional<std::string>> TakeItem() { return next_->TakeResult(); }

  // From here on `owner` is told. Its stop is requested: what waits leaves, what runs is joined.
  void Abandon(ExchangeOwner& owner) noexcept;
  void RequestStop() noexcept;
  bool StopRequested() const noexcept { return stop_ && stop_->StopRequested(); }

  // Back to the start. REQUIRES: no step is under way.
  void Reset();

 private:
  std::coroutine_handle<> Complete() noexcept override;
  void RunPosted() noexcept override;

  std::optional<RequestContext> context_;
  std::optional<StopSource> stop_;
  Scope scope_;
  Request request_;
  std::optional<Result<>> failed_to_start_;
  std::optional<Task<void>> task_;
  std::optional<Stream<std::string>::NextOperation> next_;
  ExchangeOwner* owner_ = nullptr;
  const Handler* handler_ = nullptr;
  Step step_ = Step::kServe;
};

}  // namespace tenon::http
