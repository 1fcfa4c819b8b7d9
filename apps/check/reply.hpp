// SPDX-License-Identifier: Apache-2.0
#pragma once

// Replies as a strict HTTP/1.1 client reads them, byte by byte, without a socket.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon::check {

// Where a reply's body ends.
enum class BodyEnd : std::uint8_t { kNone, kLength, kChunked, kClose };

struct Reply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  BodyEnd end = BodyEnd::kNone;
  std::vector<int> interim;  // 1xx that came before.
  std::size_t arrivals = 0;  // Feeds that brought bytes of the body.
  bool keeps_open = true;    // What the reply says of its connection.

  // The first header of that name, without regard to case.
  std::optional<std::string_view> Header(std::string_view name) const;
};

// Takes bytes as they come and gives replies when they are whole.
class ReplyReader {
 public:
  enum class State : std::uint8_t { kIncomplete, kWhole, kMalformed };

  // Replies to HEAD have no body; the next one is for this method.
  void SetMethod(std::string_view method) { is_head_ = method == "HEAD"; }
  void Feed(std::string_view bytes);
  // The peer will send no more: a body that ends so is whole, anything else is cut short.
  void FeedEnd();

  State Look();
  // REQUIRES: Look() is kWhole. Begins the next reply.
  Reply Take();
  // REQUIRES: Look() is kMalformed.
  const std::string& Problem() const { return problem_; }
  // A 1xx has come before the reply.
  bool HasInterim() const { return !reply_.interim.empty(); }
  // Bytes that have come and belong to no reply yet.
  std::string_view Rest() const { return std::string_view(buffer_).substr(at_); }
  // Takes so many bytes as they are: for what follows an upgrade.
  void Skip(std::size_t bytes) { at_ += bytes; }

 private:
  enum class Phase : std::uint8_t { kHead, kLength, kChunkSize, kChunk, kTrailers, kClose, kDone };

  bool Advance();
  bool ReadHead();
  bool ReadHeaderLine(std::string_view line);
  bool DecideBody();
  bool ReadChunkSize();
  bool ReadTrailers();
  bool MoveBody();
  bool Refuse(std::string problem);
  std::optional<std::string_view> Line();

  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t left_ = 0;  // Of the body, or of the chunk.
  Phase phase_ = Phase::kHead;
  Reply reply_;
  bool is_head_ = false;
  bool ended_ = false;
  std::string problem_;
};

}  // namespace tenon::check
