// SPDX-License-Identifier: Apache-2.0
// The states of a connection, and what runs a request.
#include "http/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "http/loop_front.hpp"
#include "http/request_timeout.hpp"
#include "tenon/http/error_response.hpp"

namespace tenon::http {
namespace {

// Time for a client to stop sending and read why.
constexpr std::chrono::milliseconds kLingerTime{2'000};

// Who was let in as the listener closed has its request on the way.
constexpr std::chrono::milliseconds kNewcomerTime{500};

std::string_view Shown(std::string_view path) noexcept {
  constexpr std::size_t kShownBytes = 200;
  return path.substr(0, kShownBytes);
}

}  // namespace

Connection::Connection(LoopFront& front, int fd) noexcept
    : front_(front), fd_(fd), since_(front.Loop().Now()) {
  front_.Shared().metrics.OnConnection();
}

Connection::~Connection() { front_.Shared().metrics.OnConnectionEnd(); }

Result<> Connection::Watch() {
  if (auto watched = front_.Loop().Watch(fd_, kEvents, *this); !watched) return watched;
  is_watched_ = true;
  return {};
}

void Connection::OnEvents(std::uint32_t events) noexcept {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) is_broken_ = true;
  if ((events & EPOLLRDHUP) != 0) peer_closed_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) may_read_ = true;
  switch (wait_) {
    case Wait::kIdle:
    case Wait::kHead:
    case Wait::kBody:
      if (is_broken_) return Close();
      if (may_read_) Pump();
      return;
    case Wait::kRun:
      // What is left of a stream's items, while the next one is being made.
      if (ClientIsGone() ||
          (!exchange_->wire.empty() && SendGathered(*exchange_) == Sent::kFailed)) {
        HangUp();
      }
      return;
    case Wait::kWrite:
      // Whoever has sent FIN may still read a reply that is made; a stream would go on being made.
      if (is_broken_ || (exchange_->response.Chunks() && ClientIsGone())) return HangUp();
      if ((events & EPOLLOUT) != 0) {
        Write(*exchange_);
        if (Reads()) Pump();
      }
      return;
    case Wait::kLinger: return Discard();
    case Wait::kClosed: return;
  }
}

void Connection::CloseIfOverdue(TimePoint now) noexcept {
  const ServerOptions& options = front_.Shared().options;
  const auto overdue = [&](std::chrono::milliseconds limit) { return now - since_ >= limit; };
  const auto cut_off = [&](CutOff reason) {
    front_.Shared().metrics.OnCutOff(reason);
    if (reason != CutOff::kIdle) front_.Shared().log.Dropped(Name(reason), now);
    if (exchange_ != nullptr && wait_ == Wait::kWrite) {
      HangUp();
    } else {
      Close();
    }
  };
  switch (wait_) {
    case Wait::kIdle:
      if (front_.ClosesIdle() && !MayStillAsk(now)) return Close();
      if (overdue(options.idle_timeout)) cut_off(CutOff::kIdle);
      return;
    case Wait::kHead:
      if (overdue(options.head_timeout)) cut_off(CutOff::kHead);
      return;
    case Wait::kBody:
      if (overdue(options.body_stall_timeout)) cut_off(CutOff::kBody);
      return;
    case Wait::kWrite:
      if (overdue(options.body_stall_timeout)) cut_off(CutOff::kWrite);
      return;
    case Wait::kLinger:
      if (overdue(kLingerTime)) Close();
      return;
    case Wait::kRun:
    case Wait::kClosed: return;
  }
}

void Connection::Close() noexcept {
  if (wait_ == Wait::kClosed) return;
  // Work under way belongs to the front by now: whoever closes has abandoned it.
  if (exchange_ != nullptr) front_.Release(*std::exchange(exchange_, nullptr));
  output_ = {};
  wait_ = Wait::kClosed;
  if (is_watched_) front_.Loop().Unwatch(fd_);
  close(fd_);
  if (input_.block) front_.Blocks().Give(std::move(input_.block));
  front_.Retire(*this);
}

void Connection::CloseIfIdle() noexcept {
  if (wait_ != Wait::kIdle) return;
  // A request may have come that was not looked at yet.
  may_read_ = true;
  Pump();
}

bool Connection::MayStillAsk(TimePoint now) const noexcept {
  return is_newcomer_ && now - since_ < kNewcomerTime;
}

void Connection::Cancel() noexcept {
  if (wait_ == Wait::kRun) {
    exchange_->RequestStop();
  } else if (wait_ == Wait::kWrite) {
    HangUp();
  } else {
    Close();
  }
}

void Connection::AnswerForWork() noexcept {
  if (wait_ != Wait::kRun) return;
  AnswerInstead(*exchange_, {ErrorCode::kUnavailable, "The server is shutting down."});
}

void Connection::Drop() noexcept {
  if (wait_ == Wait::kRun) {
    Abandon(*std::exchange(exchange_, nullptr), HttpStatus(ErrorCode::kUnavailable),
            "The server is shutting down.");
  }
  Close();
}

void Connection::Run(Exchange& exchange, Body body) noexcept {
  is_newcomer_ = false;
  need_ = 0;
  tried_ = 0;
  said_continue_ = false;
  wait_ = Wait::kIdle;
  FrontShared& shared = front_.Shared();
  const RequestHead& head = exchange.head;
  exchange.keeps_connection = head.keeps_alive;
  exchange.Begin(front_.Loop().Now(), shared.process_id, front_.NextNumber());
  front_.CountInFlight(exchange);

  const Availability& availability = shared.availability;
  const Router* routes = availability.Routes();
  if (routes == nullptr) return Fail(exchange, availability.Refusal());
  const Match match = routes->Find(head.method, head.path);
  switch (match.kind) {
    case MatchKind::kHealth:
      if (!availability.Ready() || availability.Draining()) {
        return Fail(exchange, availability.Refusal());
      }
      return Reply(exchange);
    case MatchKind::kNoPath: return Fail(exchange, routes->NoPathError());
    case MatchKind::kMethodNotAllowed:
      Fail(exchange,
           {ErrorCode::kMethodNotAllowed, "This path takes " + std::string(match.allow) + "."});
      return;
    case MatchKind::kHandler:
      if (match.route->readiness == Readiness::kWhenReady && !availability.Ready()) {
        return Fail(exchange, availability.Refusal());
      }
      return RunHandler(exchange, match, body);
  }
}

void Connection::RunHandler(Exchange& exchange, const Match& match, const Body& body) {
  FrontShared& shared = front_.Shared();
  const auto kind = match.route->handler->Streams() ? ReplyKind::kStream : ReplyKind::kSingle;
  const auto timeout = TimeoutOf(kind, shared.options);
  if (timeout.count() > 0) {
    exchange.Context().SetDeadline(Deadline::After(exchange.started, timeout));
  }
  const ExchangePlace place{.loop = front_.Loop(), .pool = shared.needs.pool, .owner = *this};
  if (exchange.Serve(*match.route->handler, body, match.activity, place)) {
    AfterServe(exchange);
  } else {
    Suspend(exchange);
  }
}

// The work goes on elsewhere; what it looks at must stay.
void Connection::Suspend(Exchange& exchange) {
  exchange_ = &exchange;
  wait_ = Wait::kRun;
  KeepHead(exchange);
  front_.Deadlines().Add(exchange);
  if (ClientIsGone()) HangUp();
}

// Called by an exchange that had suspended.
void Connection::OnProgress(Exchange& exchange) noexcept {
  front_.Deadlines().Remove(exchange);
  exchange_ = nullptr;
  wait_ = Wait::kIdle;
  switch (exchange.CurrentStep()) {
    case Exchange::Step::kServe: AfterServe(exchange); break;
    case Exchange::Step::kPull:
      exchange.quick_items = 0;
      if (TakeItem(exchange)) ContinueStream(exchange);
      break;
    case Exchange::Step::kYield: ContinueStream(exchange); break;
  }
  if (Reads()) Pump();
}

void Connection::AfterServe(Exchange& exchange) {
  Result<> served = exchange.TakeServed();
  if (!served) return Fail(exchange, served.Error());
  if (exchange.response.Failure()) {
    // Copied: writing the error resets the response.
    const Error failure = *exchange.response.Failure();
    return Fail(exchange, failure);
  }
  if (exchange.response.Chunks()) return StartStream(exchange);
  exchange.FinishResponse();
  Reply(exchange);
}

void Connection::HangUp() noexcept {
  constexpr int kClientGone = 499;
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  const bool is_running = wait_ == Wait::kRun;
  if (is_running) {
    Abandon(exchange, kClientGone, "The client went away before the answer.");
  } else {
    Account(exchange, kClientGone);
    front_.Release(exchange);
  }
  Close();
}

// Lets go of work that nobody waits for; the front joins it.
void Connection::Abandon(Exchange& exchange, int status, std::string_view detail) {
  front_.Deadlines().Remove(exchange);
  if (!exchange.is_accounted) {
    Log(exchange, status, Error(ErrorCode::kCancelled, std::string(detail)));
  }
  Account(exchange, status);
  front_.Abandon(exchange);
}

void Connection::OnDeadline(Exchange& late) noexcept {
  AnswerInstead(late,
                {ErrorCode::kDeadlineExceeded, "The deadline passed before the answer was ready."});
  if (Reads()) Pump();
}

// Says so and lets go of the work, which the front joins.
void Connection::AnswerInstead(Exchange& late, const Error& error) {
  exchange_ = nullptr;
  wait_ = Wait::kIdle;
  if (late.head_sent) return BreakInstead(late, error);
  // The reply has an exchange of its own, since the late one's response may still be written to.
  Exchange& reply = front_.Acquire();
  reply.Begin(late.started, front_.Shared().process_id, front_.NextNumber());
  const std::string id(late.Id());
  reply.Context().SetId(id);
  reply.keeps_connection = late.keeps_connection;
  reply.head.is_http_1_0 = late.head.is_http_1_0;
  reply.head.wants_timing = late.head.wants_timing;
  reply.head.method = late.head.method;
  reply.head.path = late.head.path;
  late.is_accounted = true;  // By its reply.
  Fail(reply, error);
  Abandon(late, HttpStatus(error.Code()), error.Detail());
}

// What a client is told of an error. Nobody cancels but we: when the way down has asked it to stop,
// or by mistake.
Error Connection::Said(const Exchange& exchange, const Error& error) const {
  if (error.Code() != ErrorCode::kCancelled) return error;
  if (exchange.StopRequested()) {
    return {ErrorCode::kUnavailable, "The server is shutting down."};
  }
  return Error(ErrorCode::kInternal, "The work on the request was cancelled.")
      .WithPrivateDetail(error.what());
}

void Connection::Log(const Exchange& exchange, int status, const Error& error) {
  const TimePoint now = front_.Shared().needs.clock.Now();
  front_.Shared().log.Failed({.id = exchange.Id(),
                              .method = Shown(exchange.head.method),
                              .path = Shown(exchange.head.path),
                              .status = status,
                              .error = &error,
                              .time = now - exchange.started},
                             now);
}

void Connection::Fail(Exchange& exchange, const Error& error) {
  const FrontShared& shared = front_.Shared();
  const Error said = Said(exchange, error);
  if (exchange.head.path != kHealthPath) Log(exchange, HttpStatus(said.Code()), said);
  exchange.is_logged = true;
  WriteError(said, exchange.Id(), exchange.response);
  if (said.Code() == ErrorCode::kMethodNotAllowed && shared.availability.Routes() != nullptr) {
    const Match match =
        shared.availability.Routes()->Find(exchange.head.method, exchange.head.path);
    if (!match.allow.empty()) exchange.response.AddHeader("Allow", std::string(match.allow));
  }
  Reply(exchange);
}

}  // namespace tenon::http
