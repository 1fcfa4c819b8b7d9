// SPDX-License-Identifier: Apache-2.0
#pragma once

// One client's connection: bytes in, requests in order, replies out.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/block.hpp"
#include "http/exchange.hpp"
#include "http/head_writer.hpp"
#include "http/router.hpp"
#include "task/epoll_loop.hpp"
#include "tenon/base/clock.hpp"
#include "tenon/base/error.hpp"

namespace tenon::http {

class LoopFront;

// What a connection waits for. The first three: for bytes of the client.
enum class Wait : std::uint8_t {
  kIdle,    // The first byte of a request.
  kHead,    // The rest of a head.
  kBody,    // The rest of a body.
  kRun,     // The work on a request.
  kWrite,   // The kernel to take more of a reply.
  kLinger,  // The client to read the last reply, before its unread bytes would reset it.
  kClosed,
};

// A state machine over one registration with epoll, edge-triggered for both directions, so that a
// request costs one recv and one send and no epoll_ctl. What is known of the socket is kept in
// three flags: a short read clears `may_read_`, an event sets it.
//
// Requests of one connection are served one after the other; while one runs nothing is read, which
// is the back pressure of pipelining. The connection and the exchange part when the client leaves
// or the deadline passes: the exchange then belongs to the loop's front, which joins it.
//
// Thread safety: confined to its loop.
class Connection final : public FdHandler, private ExchangeOwner {
 public:
  static constexpr std::uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

  // Owns the descriptor.
  Connection(LoopFront& front, int fd) noexcept;
  // REQUIRES: closed.
  ~Connection();

  // Once, before anything else. A failure is the kernel's limit.
  Result<> Watch();

  void OnEvents(std::uint32_t events) noexcept override;
  // Closes it when the client has been too slow.
  void CloseIfOverdue(TimePoint now) noexcept;

  // For the way down.
  void CloseIfIdle() noexcept;
  // Asks running work to stop, and closes everything else.
  void Cancel() noexcept;
  // Answers for work that has been asked to stop and goes on.
  void AnswerForWork() noexcept;
  void Close() noexcept;
  // Closes it whatever it does; running work is abandoned.
  void Drop() noexcept;

  int Fd() const noexcept { return fd_; }
  std::size_t index = 0;  // Where the front keeps it.

 private:
  struct Input {
    Block block;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view Bytes() const noexcept { return {block.Data() + begin, end - begin}; }
  };
  enum class Sent : std::uint8_t { kAll, kPartly, kFailed };

  // Reading: connection_input.cpp.
  bool Reads() const noexcept { return wait_ <= Wait::kBody; }
  bool ClientIsGone() const noexcept;
  void Pump() noexcept;
  void Settle() noexcept;
  bool Advance() noexcept;
  bool AdvanceBody() noexcept;
  bool TakeHead(Exchange& exchange);
  void BeginSeparateBody(Exchange& exchange);
  bool AnswersExpectation(Exchange& exchange);
  bool Receive() noexcept;
  void MakeRoom();
  ssize_t ReceiveInto(char* to, std::size_t room) noexcept;
  void Discard() noexcept;
  void KeepHead(Exchange& exchange);
  void Refuse(Exchange& exchange, const Error& error) noexcept;

  // Serving: connection.cpp. Replying: connection_output.cpp.
  void Run(Exchange& exchange, Body body) noexcept;
  void RunHandler(Exchange& exchange, const Match& match, const Body& body);
  void OnProgress(Exchange& exchange) noexcept override;
  void OnDeadline(Exchange& exchange) noexcept override;
  void AfterServe(Exchange& exchange);
  void Suspend(Exchange& exchange);
  void HangUp() noexcept;
  void Abandon(Exchange& exchange, int status, std::string_view detail);
  void AnswerInstead(Exchange& late, const Error& error);

  Error Said(const Exchange& exchange, const Error& error) const;
  void Log(const Exchange& exchange, int status, const Error& error);
  bool MayStillAsk(TimePoint now) const noexcept;
  void Fail(Exchange& exchange, const Error& error);
  void Reply(Exchange& exchange);
  void BuildReply(Exchange& exchange);
  void Account(Exchange& exchange, int status);
  void Finish(Exchange& exchange) noexcept;
  Sent Send() noexcept;
  void Write(Exchange& exchange) noexcept;
  void Linger() noexcept;

  // Replies in chunks: connection_stream.cpp.
  void StartStream(Exchange& exchange);
  void ContinueStream(Exchange& exchange) noexcept;
  bool SendStream(Exchange& exchange) noexcept;
  void SuspendStream(Exchange& exchange);
  bool TakeItem(Exchange& exchange);
  void AppendItem(Exchange& exchange, std::string_view item);
  void AppendStreamHead(Exchange& exchange);
  bool BreakStream(Exchange& exchange, const Error& error);
  void BreakInstead(Exchange& late, const Error& error);
  Sent SendGathered(Exchange& exchange) noexcept;
  Persistence PersistenceOf(const Exchange& exchange) const noexcept;

  LoopFront& front_;
  const int fd_;
  Wait wait_ = Wait::kIdle;
  bool is_watched_ = false;
  bool may_read_ = true;
  bool peer_closed_ = false;  // It has sent FIN; bytes before it may be unread.
  bool is_broken_ = false;    // Reset, or closed both ways.
  bool said_continue_ = false;
  bool is_newcomer_ = true;  // It has sent no request yet.
  TimePoint since_;          // Of the current wait; of its last byte, for bodies and writes.
  Input input_;
  std::size_t tried_ = 0;    // Bytes of an incomplete head that were parsed in vain.
  std::size_t need_ = 0;     // Bytes that complete the request at the front of the input; or 0.
  std::string_view output_;  // What is left to be sent, in the exchange's memory.
  Exchange* exchange_ = nullptr;  // Being read, run or written across events.
};

}  // namespace tenon::http
