// SPDX-License-Identifier: Apache-2.0
#pragma once

// A client's TCP connection that does what clients do badly, too: half-closing, resetting, sending
// by pieces.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "reply.hpp"
#include "tenon/base/result.hpp"

namespace tenon::check {

using Time = std::chrono::steady_clock::time_point;
inline Time Now() { return std::chrono::steady_clock::now(); }
inline Time In(double seconds) {
  return Now() + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(seconds));
}
inline double SecondsSince(Time time) {
  return std::chrono::duration<double>(Now() - time).count();
}

struct Address {
  std::string host;
  std::uint16_t port = 0;

  std::string Text() const { return host + ":" + std::to_string(port); }
};

// "http://127.0.0.1:8080" as an address; the port may be absent, a path may not be there.
// Errors: kInvalid.
Result<Address> ParseUrl(std::string_view url);

// How waiting for a reply ended.
enum class Ending : std::uint8_t { kReply, kClosed, kMalformed, kTimeout };

struct Received {
  Ending ending = Ending::kTimeout;
  Reply reply;          // For kReply.
  std::string problem;  // For kMalformed.

  // "status 200", "the connection was closed", ...
  std::string Text() const;
};

// Thread safety: confined. Every wait has an end.
class Connection {
 public:
  // Errors: kUnavailable, with what the system says.
  static Result<Connection> Open(const Address& address, Time until);
  Connection(Connection&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        reader_(std::move(other.reader_)),
        ended_(other.ended_) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // False when not all was taken in time, or the peer left. Replies are read meanwhile, so that
  // a server that answers early never waits for this side.
  bool Send(std::string_view bytes, Time until);
  void HalfClose();
  void Reset();

  Received AwaitReply(Time until);
  // Waits for a 1xx. False: the reply came without one, it ended or is late.
  bool AwaitInterim(Time until);
  // So many bytes as they come, or as many as there are before the end.
  std::string AwaitBytes(std::size_t count, Time until);
  ReplyReader& Reader() { return reader_; }

 private:
  explicit Connection(int socket) : socket_(socket) {}
  // Waits for one of the events and reads what there is. False: nothing came in time.
  bool Wait(short events, Time until);
  void Read();

  int socket_;
  ReplyReader reader_;
  bool ended_ = false;
};

}  // namespace tenon::check
