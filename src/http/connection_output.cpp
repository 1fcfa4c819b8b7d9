// SPDX-License-Identifier: Apache-2.0
// From responses to bytes.
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "http/connection.hpp"
#include "http/loop_front.hpp"

namespace tenon::http {
namespace {

// A stream that is made as fast as it is taken lets others have the loop after so many chunks.
constexpr unsigned kChunksPerTurn = 32;

std::string TimingOf(Duration time) {
  std::array<char, 32> digits;
  const double milliseconds = std::chrono::duration<double, std::milli>(time).count();
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), milliseconds,
                                 std::chars_format::fixed, 3)
                       .ptr;
  return "total;dur=" + std::string(digits.data(), end);
}

std::string_view PayloadOf(Response& response) noexcept {
  // A handler that took away what it must only append to has an empty payload.
  if (response.Body().size() < Response::kHeadRoom) return {};
  return response.Payload();
}

}  // namespace

Persistence Connection::PersistenceOf(const Exchange& exchange) const noexcept {
  if (!exchange.keeps_connection) return Persistence::kClose;
  return exchange.head.is_http_1_0 ? Persistence::kKeepSaying : Persistence::kKeep;
}

// Sends the response in one piece.
void Connection::Reply(Exchange& exchange) {
  if (front_.Shared().availability.Closing()) {
    exchange.must_linger |= exchange.keeps_connection;
    exchange.keeps_connection = false;
  }
  if (exchange.must_linger) exchange.keeps_connection = false;
  const int status = exchange.response.Status();
  Account(exchange, status);
  BuildReply(exchange);
  Write(exchange);
}

void Connection::BuildReply(Exchange& exchange) {
  Response& response = exchange.response;
  const std::string_view payload = PayloadOf(response);
  HeadFacts facts{.framing = Framing::kLength,
                  .length = payload.size(),
                  .persistence = PersistenceOf(exchange)};
  std::string timing;
  if (exchange.head.wants_timing) {
    timing = TimingOf(front_.Shared().needs.clock.Now() - exchange.started);
    facts.server_timing = timing;
  }
  std::string& head = front_.Scratch();
  AppendHead(response, facts, head);
  const bool has_body = !exchange.IsHead() && MayHaveBody(response.Status()) && !payload.empty();
  if (has_body && head.size() <= Response::kHeadRoom) {
    // Into the room before the payload: one piece without a copy of it.
    const std::size_t begin = Response::kHeadRoom - head.size();
    std::memcpy(response.Body().data() + begin, head.data(), head.size());
    output_ = std::string_view(response.Body()).substr(begin);
    return;
  }
  exchange.wire.assign(head);
  if (has_body) exchange.wire.append(payload);
  output_ = exchange.wire;
}

// Once for each request.
void Connection::Account(Exchange& exchange, int status) {
  if (exchange.is_accounted) return;
  exchange.is_accounted = true;
  FrontShared& shared = front_.Shared();
  shared.metrics.OnReply(status);
  if (exchange.head.path == kHealthPath) return;
  const TimePoint now = shared.needs.clock.Now();
  shared.metrics.OnLatency(now - exchange.started);
  if (status < 400 || exchange.is_logged || status == 499) return;
  shared.log.Failed({.id = exchange.Id(),
                     .method = exchange.head.method,
                     .path = exchange.head.path,
                     .status = status,
                     .time = now - exchange.started},
                    now);
}

// Sends what is left of the output.
Connection::Sent Connection::Send() noexcept {
  while (!output_.empty()) {
    const ssize_t count = send(fd_, output_.data(), output_.size(), MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::kPartly : Sent::kFailed;
    }
    output_.remove_prefix(static_cast<std::size_t>(count));
    if (!output_.empty()) since_ = front_.Loop().Now();
  }
  return Sent::kAll;
}

// Goes on sending a reply. Afterwards the exchange is released, or kept until the kernel takes
// more.
void Connection::Write(Exchange& exchange) noexcept {
  exchange_ = nullptr;
  if (exchange.head_sent) return ContinueStream(exchange);
  switch (Send()) {
    case Sent::kAll: return Finish(exchange);
    case Sent::kPartly:
      exchange_ = &exchange;
      wait_ = Wait::kWrite;
      return;
    case Sent::kFailed: front_.Release(exchange); return Close();
  }
}

// The reply has left.
void Connection::Finish(Exchange& exchange) noexcept {
  const bool keeps = exchange.keeps_connection;
  const bool lingers = exchange.must_linger;
  front_.Release(exchange);
  wait_ = Wait::kIdle;
  since_ = front_.Loop().Now();
  if (keeps) return;
  if (lingers && !peer_closed_) {
    Linger();
  } else {
    Close();
  }
}

void Connection::Linger() noexcept {
  shutdown(fd_, SHUT_WR);
  wait_ = Wait::kLinger;
  input_.begin = input_.end;
  // Bytes that are unread when a socket is closed would make the client lose the reply.
  Discard();
}

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
  const std::string_view payload = PayloadOf(exchange.response);
  if (!payload.empty()) AppendItem(exchange, payload);
  ContinueStream(exchange);
}

// Sends, then asks for the next chunk, and so on: nothing is made before what was made is taken.
void Connection::ContinueStream(Exchange& exchange) noexcept {
  for (unsigned chunks = 0;; ++chunks) {
    if (output_.empty() && !exchange.wire.empty()) output_ = exchange.wire;
    switch (Send()) {
      case Sent::kAll: exchange.wire.clear(); break;
      case Sent::kPartly:
        exchange_ = &exchange;
        wait_ = Wait::kWrite;
        return;
      case Sent::kFailed:
        Account(exchange, 499);
        front_.Release(exchange);
        return Close();
    }
    if (exchange.stream_ended) {
      Account(exchange, exchange.response.Status());
      return Finish(exchange);
    }
    if (chunks == kChunksPerTurn) {
      exchange.Yield();
      return Suspend(exchange);
    }
    if (!exchange.Pull()) return Suspend(exchange);
    if (!TakeItem(exchange)) return;
  }
}

// False: the exchange is done with.
bool Connection::TakeItem(Exchange& exchange) {
  Result<std::optional<std::string>> item = exchange.TakeItem();
  if (!item) {
    if (exchange.head_sent) {
      BreakStream(exchange, item.Error());
    } else {
      Fail(exchange, item.Error());
    }
    return false;
  }
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

// An error when the head has left: a body without its last chunk tells the client.
void Connection::BreakStream(Exchange& exchange, const Error& error) noexcept {
  FrontShared& shared = front_.Shared();
  const TimePoint now = shared.needs.clock.Now();
  const int status = HttpStatus(error.Code());
  shared.log.Failed({.id = exchange.Id(),
                     .method = exchange.head.method,
                     .path = exchange.head.path,
                     .status = status,
                     .error = &error,
                     .time = now - exchange.started},
                    now);
  exchange.is_logged = true;
  Account(exchange, status);
  front_.Release(exchange);
  Close();
}

}  // namespace tenon::http
