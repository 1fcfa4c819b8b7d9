// SPDX-License-Identifier: Apache-2.0
// Replies in chunks: made while they are taken.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "http/connection.hpp"
#include "http/loop_front.hpp"
#include "http/stream_format.hpp"

namespace tenon::http {
namespace {

// A stream that is made as fast as it is taken lets others have the loop after so many items.
constexpr unsigned kItemsPerTurn = 32;

// When items come at once, one write takes several: a write each costs more than making them. The
// first ones are never held back, so that a stream which begins slowly is sent as it is made.
constexpr Duration kAtOnce = std::chrono::microseconds(20);
constexpr unsigned kSentAlone = 4;
constexpr std::size_t kGatheredBytes = std::size_t{16} << 10U;

bool Gathers(const Exchange& exchange) noexcept {
  return exchange.quick_items > kSentAlone && exchange.wire.size() < kGatheredBytes;
}

// Why a stream that could go on must not; one whose items all come at once hears of neither by
// itself.
std::optional<Error> WhyToEnd(const Exchange& exchange, TimePoint now) {
  if (exchange.StopRequested()) return Error(ErrorCode::kCancelled, "The stream was stopped.");
  if (exchange.DeadlineOfRequest().Passed(now)) {
    return Error(ErrorCode::kDeadlineExceeded, "The deadline passed before the stream's end.");
  }
  return std::nullopt;
}

}  // namespace

void Connection::StartStream(Exchange& exchange) {
  KeepHead(exchange);
  if (front_.Shared().availability.Closing()) exchange.keeps_connection = false;
  if (exchange.head.is_http_1_0) exchange.keeps_connection = false;
  if (exchange.IsHead()) {
    AppendStreamHead(exchange);
    Account(exchange, exchange.response.Status());
    exchange.response.Chunks().reset();
    exchange.head_sent = false;
    output_ = exchange.wire;
    return Write(exchange);
  }
  const std::string_view payload = exchange.response.Payload();
  if (!payload.empty()) AppendItem(exchange, payload);
  ContinueStream(exchange);
}

// Sends, then asks for the next item, and so on: nothing is made before what was made is taken, but
// for the few items that share a write.
void Connection::ContinueStream(Exchange& exchange) noexcept {
  // What the kernel did not take before is a view of what the next item is appended to.
  if (!output_.empty() && !SendStream(exchange)) return;
  const Clock& clock = front_.Shared().needs.clock;
  TimePoint last = clock.Now();
  if (!exchange.stream_ended) {
    const auto why = WhyToEnd(exchange, last);
    if (why && !BreakStream(exchange, *why)) return;
  }
  for (unsigned items = 0;; ++items) {
    if (exchange.stream_ended || items == kItemsPerTurn || !Gathers(exchange)) {
      output_ = exchange.wire;
      if (!SendStream(exchange)) return;
      if (exchange.stream_ended) {
        Account(exchange, exchange.response.Status());
        return Finish(exchange);
      }
      if (items == kItemsPerTurn) {
        exchange.Yield();
        return Suspend(exchange);
      }
    }
    if (!exchange.Pull()) return SuspendStream(exchange);
    const TimePoint now = clock.Now();
    exchange.quick_items = now - last <= kAtOnce ? exchange.quick_items + 1 : 0;
    last = now;
    if (!TakeItem(exchange)) return;
  }
}

// Sends what is left of the output. False: the kernel takes no more for now, or the client is gone.
bool Connection::SendStream(Exchange& exchange) noexcept {
  switch (Send()) {
    case Sent::kAll: exchange.wire.clear(); return true;
    case Sent::kPartly:
      exchange_ = &exchange;
      wait_ = Wait::kWrite;
      return false;
    case Sent::kFailed:
      Account(exchange, 499);
      front_.Release(exchange);
      Close();
      return false;
  }
  return false;
}

// While the next item is being made, the client reads those before it.
void Connection::SuspendStream(Exchange& exchange) {
  const bool is_gone = !exchange.wire.empty() && SendGathered(exchange) == Sent::kFailed;
  Suspend(exchange);
  if (is_gone && wait_ == Wait::kRun) HangUp();
}

// What the kernel does not take stays.
Connection::Sent Connection::SendGathered(Exchange& exchange) noexcept {
  output_ = exchange.wire;
  const Sent sent = Send();
  exchange.wire.erase(0, exchange.wire.size() - output_.size());
  output_ = {};
  return sent;
}

// False: the exchange is done with.
bool Connection::TakeItem(Exchange& exchange) {
  Result<std::optional<std::string>> item = exchange.TakeItem();
  if (!item) return BreakStream(exchange, item.Error());
  if (item->has_value()) {
    if (!(*item)->empty()) AppendItem(exchange, **item);
    return true;
  }
  if (!exchange.head_sent) AppendStreamHead(exchange);
  if (!exchange.head.is_http_1_0) exchange.wire += kLastChunk;
  exchange.stream_ended = true;
  return true;
}

void Connection::AppendItem(Exchange& exchange, std::string_view item) {
  if (!exchange.head_sent) AppendStreamHead(exchange);
  if (exchange.head.is_http_1_0) {
    exchange.wire += item;
  } else {
    AppendChunk(item, exchange.wire);
  }
}

void Connection::AppendStreamHead(Exchange& exchange) {
  exchange.FinishResponse();
  const HeadFacts facts{
      .framing = exchange.head.is_http_1_0 ? Framing::kToClose : Framing::kChunked,
      .persistence = PersistenceOf(exchange)};
  AppendHead(exchange.response, facts, exchange.wire);
  exchange.head_sent = true;
}

// Before the head has left, an error is a reply like any other. Later a last item says why, and a
// body without its last chunk tells whoever does not read it. False: the exchange is done with.
bool Connection::BreakStream(Exchange& exchange, const Error& error) {
  if (!exchange.head_sent) {
    Fail(exchange, error);
    return false;
  }
  const Error said = Said(exchange, error);
  Log(exchange, HttpStatus(said.Code()), said);
  exchange.is_logged = true;
  Account(exchange, HttpStatus(said.Code()));
  AppendItem(exchange, FailureItem(exchange.response.Form(), said, exchange.Id()));
  exchange.keeps_connection = false;
  exchange.stream_ended = true;
  return true;
}

// The same where the next item is still being made: what is left to say has an exchange of its own.
void Connection::BreakInstead(Exchange& late, const Error& error) {
  Exchange& last = front_.Acquire();
  last.head.is_http_1_0 = late.head.is_http_1_0;
  last.head_sent = true;
  last.stream_ended = true;
  last.is_accounted = true;  // With the late one.
  last.wire.swap(late.wire);
  AppendItem(last, FailureItem(late.response.Form(), error, late.Id()));
  Abandon(late, HttpStatus(error.Code()), error.Detail());
  ContinueStream(last);
}

}  // namespace tenon::http
