// SPDX-License-Identifier: Apache-2.0
#pragma once

// One non-blocking connection to the server, and the requests that are in flight on it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "outcome.hpp"
#include "plan.hpp"
#include "reply_parser.hpp"

namespace tenon::bench {

// Thread safety: confined.
class Connection {
 public:
  enum class State : std::uint8_t { kClosed, kConnecting, kOpen };

  explicit Connection(const Plan& plan);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection() { Close(); }

  State Status() const { return state_; }
  int Socket() const { return socket_; }

  // Begins to connect. False where the system refuses even that.
  bool Connect(const SocketAddress& address);
  // Whether the connect that was begun succeeded.
  bool FinishConnect();
  // Forgets everything but the requests in flight, which the caller ends.
  void Close();

  bool HasRoom() const { return in_flight_ < due_.size(); }
  std::size_t InFlight() const { return in_flight_; }
  // REQUIRES: HasRoom().
  void Enqueue(std::string_view request, std::int64_t due);
  // When the oldest request in flight was due. REQUIRES: InFlight() > 0.
  std::int64_t OldestDue() const { return due_[first_]; }
  void PopOldest();

  // Sends what the system takes. False: the connection broke.
  bool Flush();
  bool HasUnsent() const { return sent_ < unsent_.size(); }

  ReplyParser& Parser() { return parser_; }

  // Of the answer that is being read: chunks so far, and when the last of them came.
  std::uint64_t chunks_seen = 0;
  std::int64_t last_chunk_at = -1;
  // Already in a list of the generator.
  bool is_dirty = false;
  bool is_listed_free = false;
  bool watches_writing = false;

 private:
  State state_ = State::kClosed;
  int socket_ = -1;
  ReplyParser parser_;
  std::size_t body_limit_;
  std::string unsent_;
  std::size_t sent_ = 0;
  std::vector<std::int64_t> due_;  // A ring.
  std::size_t first_ = 0;
  std::size_t in_flight_ = 0;
};

}  // namespace tenon::bench
