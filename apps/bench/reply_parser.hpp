// SPDX-License-Identifier: Apache-2.0
#pragma once

// HTTP/1.1 replies, as much of them as a load generator needs: status, where the body ends, whether
// the connection goes on.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenon::bench {

// Reads one reply after the other from the bytes of a connection, however they are cut.
//
// Thread safety: confined.
class ReplyParser {
 public:
  static constexpr std::size_t kMaxHead = 64 * 1024;

  enum class Outcome : std::uint8_t {
    kIncomplete,  // All bytes were taken; the reply goes on.
    kComplete,    // One reply; what is left of the bytes belongs to the next.
    kMalformed,   // No HTTP/1.1 reply. The parser stays here.
  };

  // Takes bytes from the front. After kComplete the next call begins the next reply.
  Outcome Read(std::string_view& bytes);
  // The peer closed: complete where the reply ends there, else kMalformed.
  Outcome End();

  void KeepBodies(std::size_t limit) { body_limit_ = limit; }

  // Of the reply that is being read, or was completed last.
  int Status() const { return status_; }
  bool KeepsConnection() const { return keeps_connection_; }
  std::uint64_t BodySize() const { return body_size_; }
  std::uint64_t Chunks() const { return chunks_; }
  // The body, up to the limit of KeepBodies.
  const std::string& Body() const { return body_; }

 private:
  enum class State : std::uint8_t {
    kDone,
    kHead,
    kSized,
    kUntilClose,
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailer,
    kMalformed,
  };

  void Begin();
  bool ReadHead(std::string_view& bytes);
  bool ParseHead(std::string_view head);
  bool ParseField(std::string_view line);
  void TakeBody(std::string_view& bytes);
  // True when a line is complete; it is in `kept_` then, without its end.
  bool TakeLine(std::string_view& bytes);
  bool StepChunks(std::string_view& bytes);

  State state_ = State::kDone;
  int status_ = 0;
  bool keeps_connection_ = true;
  bool has_length_ = false;
  bool is_chunked_ = false;
  std::uint64_t left_ = 0;  // Of the body, or of the chunk.
  std::uint64_t body_size_ = 0;
  std::uint64_t chunks_ = 0;
  std::size_t body_limit_ = 0;
  std::string kept_;  // The begin of a head or line that is not complete.
  std::string body_;
};

}  // namespace tenon::bench
