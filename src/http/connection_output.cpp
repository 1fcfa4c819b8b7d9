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

std::string TimingOf(Duration time) {
  std::array<char, 32> digits;
  const double milliseconds = std::chrono::duration<double, std::milli>(time).count();
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), milliseconds,
                                 std::chars_format::fixed, 3)
                       .ptr;
  return "total;dur=" + std::string(digits.data(), end);
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
  const std::string_view payload = response.Payload();
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

}  // namespace tenon::http
