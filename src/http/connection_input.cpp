// SPDX-License-Identifier: Apache-2.0
// From bytes to complete requests.
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "http/connection.hpp"
#include "http/loop_front.hpp"

namespace tenon::http {
namespace {

// A client that sends without a pause lets the others have a turn after so many reads.
constexpr unsigned kReadsPerTurn = 8;

Error TooLargeBody(const ServerOptions& options) {
  return {ErrorCode::kTooLarge, "The body is larger than " +
                                    std::to_string(options.max_body_bytes) + " bytes, the limit (" +
                                    options.max_body_setting + ")."};
}

}  // namespace

bool Connection::ClientIsGone() const noexcept {
  return is_broken_ || (peer_closed_ && front_.Shared().options.half_close == HalfClose::kHangUp);
}

void Connection::Pump() noexcept {
  for (unsigned reads = 0;; ++reads) {
    while (Reads() && Advance()) {
    }
    if (!Reads() || !may_read_) break;
    if (reads == kReadsPerTurn) {
      front_.Loop().Rewatch(fd_, kEvents);
      break;
    }
    if (!Receive()) break;
  }
  Settle();
}

// Names what is waited for now, and gives back memory that holds nothing.
void Connection::Settle() noexcept {
  if (input_.begin == input_.end && input_.block && need_ == 0) {
    front_.Blocks().Give(std::move(input_.block));
    input_.begin = input_.end = 0;
  }
  if (!Reads()) return;
  const bool has_head = exchange_ != nullptr || need_ != 0;
  const Wait next = has_head ? Wait::kBody : input_.begin != input_.end ? Wait::kHead : Wait::kIdle;
  if (next == Wait::kIdle && front_.ClosesIdle() && !MayStillAsk(front_.Loop().Now())) {
    return Close();
  }
  if (next != wait_) since_ = front_.Loop().Now();
  wait_ = next;
}

// Serves one request, or takes a step towards it. False: more bytes are needed.
bool Connection::Advance() noexcept {
  if (exchange_ != nullptr) return AdvanceBody();
  const std::string_view bytes = input_.Bytes();
  if (bytes.empty() || bytes.size() < need_) return false;
  const std::size_t limit = front_.Shared().options.max_head_bytes;
  // A head is parsed from its start each time, so a client that sends single bytes is made to
  // finish a line first.
  if (tried_ != 0 && need_ == 0 && bytes.size() < limit &&
      bytes.find('\n', tried_) == std::string_view::npos) {
    return false;
  }
  Exchange& exchange = front_.Acquire();
  try {
    const HeadResult result = ParseHead(bytes, limit, exchange.head);
    switch (result.outcome) {
      case ParseOutcome::kComplete: return TakeHead(exchange);
      case ParseOutcome::kIncomplete:
        tried_ = bytes.size();
        front_.Release(exchange);
        return false;
      case ParseOutcome::kMalformed:
        Refuse(exchange, {ErrorCode::kMalformed, std::string(result.fault)});
        return false;
      case ParseOutcome::kTooLarge:
        Refuse(exchange, {ErrorCode::kTooLarge, std::string(result.fault) + " The limit is " +
                                                    std::to_string(limit) + " bytes and " +
                                                    std::to_string(kMaxHeaderFields) + " fields."});
        return false;
    }
  } catch (const std::bad_alloc&) {
    exchange_ = nullptr;
    Refuse(exchange, {ErrorCode::kOutOfMemory, "There is no memory for the request."});
  }
  return false;
}

// The head is complete. True: the request was served.
bool Connection::TakeHead(Exchange& exchange) {
  const RequestHead& head = exchange.head;
  const ServerOptions& options = front_.Shared().options;
  if (head.content_length > options.max_body_bytes) {
    Refuse(exchange, TooLargeBody(options));
    return false;
  }
  const auto length = static_cast<std::size_t>(head.content_length);
  const std::size_t whole = head.size + length;
  const std::size_t present = input_.end - input_.begin;
  if (!head.is_chunked && whole <= present) {
    const std::size_t body_begin = input_.begin + head.size;
    input_.begin += whole;
    Run(exchange, {.data = input_.block.Data() + body_begin,
                   .size = length,
                   .capacity = input_.block.Capacity() + Block::kSpare - body_begin});
    return true;
  }
  if (head.expects_continue && !AnswersExpectation(exchange)) return false;
  if (!head.is_chunked && whole <= input_.block.Capacity()) {
    // It fits behind its head: wait until it is there, and parse again then.
    need_ = whole;
    front_.Release(exchange);
    return false;
  }
  BeginSeparateBody(exchange);
  return true;
}

// False: it was answered at once, and nothing more is read.
bool Connection::AnswersExpectation(Exchange& exchange) {
  if (said_continue_ || exchange.head.is_http_1_0) return true;
  const Router* routes = front_.Shared().availability.Routes();
  if (routes == nullptr) {
    Refuse(exchange, front_.Shared().availability.Refusal());
    return false;
  }
  const MatchKind kind = routes->Find(exchange.head.method, exchange.head.path).kind;
  if (kind == MatchKind::kNoPath) {
    Refuse(exchange, routes->NoPathError());
    return false;
  }
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  said_continue_ = true;
  // The socket's buffer is empty here: the reply before has left. If not, the client is not
  // reading.
  if (send(fd_, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kContinue.size())) {
    front_.Release(exchange);
    Close();
    return false;
  }
  return true;
}

// The head stays where it is; what follows it moves on.
void Connection::BeginSeparateBody(Exchange& exchange) {
  const std::size_t length = static_cast<std::size_t>(exchange.head.content_length);
  const bool is_chunked = exchange.head.is_chunked;
  input_.begin += exchange.head.size;
  Exchange::Incoming& incoming = exchange.incoming;
  if (is_chunked) {
    incoming.decoder.emplace(front_.Shared().options.max_body_bytes);
  } else {
    incoming.block = Block(length);
    incoming.filled = input_.end - input_.begin;
    std::memcpy(incoming.block.Data(), input_.block.Data() + input_.begin, incoming.filled);
    input_.begin = input_.end;
  }
  exchange_ = &exchange;
  KeepHead(exchange);
  tried_ = 0;
}

bool Connection::AdvanceBody() noexcept {
  Exchange& exchange = *exchange_;
  Exchange::Incoming& incoming = exchange.incoming;
  std::size_t size = incoming.block.Capacity();
  if (incoming.decoder) {
    const std::string_view bytes = input_.Bytes();
    if (bytes.empty()) return false;
    ChunkedDecoder::Step step;
    try {
      step = incoming.decoder->Feed(bytes, incoming.growing);
    } catch (const std::bad_alloc&) {
      exchange_ = nullptr;
      Refuse(exchange, {ErrorCode::kOutOfMemory, "There is no memory for the body."});
      return false;
    }
    input_.begin += step.consumed;
    if (step.outcome == ParseOutcome::kIncomplete) return false;
    if (step.outcome != ParseOutcome::kComplete) {
      exchange_ = nullptr;
      Refuse(exchange, step.outcome == ParseOutcome::kTooLarge
                           ? TooLargeBody(front_.Shared().options)
                           : Error(ErrorCode::kMalformed, "The chunks of the body are malformed."));
      return false;
    }
    size = incoming.growing.Size();
    incoming.block = incoming.growing.TakeBlock();
  } else if (incoming.filled < size) {
    return false;
  }
  exchange_ = nullptr;
  Run(exchange, {.data = incoming.block.Data(),
                 .size = size,
                 .capacity = incoming.block.Capacity() + Block::kSpare});
  return true;
}

// Reads once. False: there is nothing now, or the connection is closed.
bool Connection::Receive() noexcept {
  const bool into_body = exchange_ != nullptr && !exchange_->incoming.decoder;
  ssize_t count = 0;
  if (into_body) {
    Exchange::Incoming& incoming = exchange_->incoming;
    count = ReceiveInto(incoming.block.Data() + incoming.filled,
                        incoming.block.Capacity() - incoming.filled);
    if (count > 0) incoming.filled += static_cast<std::size_t>(count);
  } else {
    try {
      MakeRoom();
    } catch (const std::bad_alloc&) {
      Close();
      return false;
    }
    count = ReceiveInto(input_.block.Data() + input_.end, input_.block.Capacity() - input_.end);
    if (count > 0) input_.end += static_cast<std::size_t>(count);
  }
  if (count < 0) return false;
  if (count == 0) {
    // Whatever is incomplete stays so.
    Close();
    return false;
  }
  if (wait_ == Wait::kBody) since_ = front_.Loop().Now();
  return true;
}

// Below zero: nothing to read now, or an error, after which the connection is closed.
ssize_t Connection::ReceiveInto(char* to, std::size_t room) noexcept {
  for (;;) {
    const ssize_t count = recv(fd_, to, room, 0);
    if (count >= 0) {
      // A short read has emptied the socket; what comes later is a new edge. Only the end itself
      // makes no edge of its own when it was announced with the bytes before it.
      if (static_cast<std::size_t>(count) < room && !peer_closed_) may_read_ = false;
      return count;
    }
    if (errno == EINTR) continue;
    may_read_ = false;
    if (errno != EAGAIN && errno != EWOULDBLOCK) Close();
    return -1;
  }
}

// Leaves at least one byte of room behind the input.
void Connection::MakeRoom() {
  if (!input_.block) {
    input_.block = front_.Blocks().Take();
    return;
  }
  const std::size_t capacity = input_.block.Capacity();
  if (input_.end < capacity && input_.begin + need_ <= capacity) return;
  const std::size_t size = input_.end - input_.begin;
  if (input_.begin != 0) {
    std::memmove(input_.block.Data(), input_.block.Data() + input_.begin, size);
  } else {
    // A head larger than a block. The limit ends it before the next time.
    Block larger(front_.Shared().options.max_head_bytes + BlockPool::kBlockBytes);
    std::memcpy(larger.Data(), input_.block.Data(), size);
    front_.Blocks().Give(std::exchange(input_.block, std::move(larger)));
  }
  input_.begin = 0;
  input_.end = size;
}

// The exchange's views point into the input's block: it gets that block, and what lies behind the
// request moves to another.
void Connection::KeepHead(Exchange& exchange) {
  if (exchange.head_block || !input_.block) return;
  const std::string_view rest = input_.Bytes();
  Block next;
  if (!rest.empty()) {
    next = rest.size() <= BlockPool::kBlockBytes ? front_.Blocks().Take() : Block(rest.size());
    std::memcpy(next.Data(), rest.data(), rest.size());
  }
  input_.end = rest.size();
  input_.begin = 0;
  exchange.head_block = std::exchange(input_.block, std::move(next));
}

// Answers a request that cannot be read to its end, and closes.
void Connection::Refuse(Exchange& exchange, const Error& error) noexcept {
  exchange.must_linger = true;
  input_.begin = input_.end;
  need_ = 0;
  exchange.Begin(front_.Loop().Now(), front_.Shared().process_id, front_.NextNumber());
  Fail(exchange, error);
}

void Connection::Discard() noexcept {
  std::string& scratch = front_.Scratch();
  scratch.resize(BlockPool::kBlockBytes);
  for (unsigned reads = 0; reads < 4 * kReadsPerTurn; ++reads) {
    const ssize_t count = recv(fd_, scratch.data(), scratch.size(), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return Close();
    if (count < 0) return;
  }
  front_.Loop().Rewatch(fd_, kEvents);
}

}  // namespace tenon::http
