// SPDX-License-Identifier: Apache-2.0
#include "reply_parser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace tenon::bench {
namespace {

constexpr std::size_t kMaxLine = 1'024;

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> ReadNumber(std::string_view text, int base) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void ReplyParser::Begin() {
  state_ = State::kHead;
  status_ = 0;
  keeps_connection_ = true;
  has_length_ = false;
  is_chunked_ = false;
  left_ = 0;
  body_size_ = 0;
  chunks_ = 0;
  kept_.clear();
  body_.clear();
}

ReplyParser::Outcome ReplyParser::Read(std::string_view& bytes) {
  if (state_ == State::kDone && !bytes.empty()) Begin();
  while (!bytes.empty() && state_ != State::kDone && state_ != State::kMalformed) {
    bool good = true;
    switch (state_) {
      case State::kHead: good = ReadHead(bytes); break;
      case State::kSized:
        TakeBody(bytes);
        if (left_ == 0) state_ = State::kDone;
        break;
      case State::kUntilClose:
        left_ = bytes.size();
        TakeBody(bytes);
        break;
      default: good = StepChunks(bytes); break;
    }
    if (!good) state_ = State::kMalformed;
    if (state_ == State::kDone) return Outcome::kComplete;
  }
  return state_ == State::kMalformed ? Outcome::kMalformed : Outcome::kIncomplete;
}

ReplyParser::Outcome ReplyParser::End() {
  if (state_ != State::kUntilClose) return Outcome::kMalformed;
  state_ = State::kDone;
  return Outcome::kComplete;
}

bool ReplyParser::ReadHead(std::string_view& bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  if (kept_.empty()) {  // The usual case: a head in one piece is not copied.
    const std::size_t end = bytes.find(kEnd);
    if (end != std::string_view::npos) {
      const std::string_view head = bytes.substr(0, end + 2);
      bytes.remove_prefix(end + kEnd.size());
      return head.size() <= kMaxHead && ParseHead(head);
    }
  }
  const std::size_t before = kept_.size();
  const std::string_view part = bytes.substr(0, kMaxHead + kEnd.size() - before);
  kept_ += part;
  const std::size_t end = kept_.find(kEnd, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    bytes.remove_prefix(part.size());
    return kept_.size() < kMaxHead + kEnd.size();
  }
  bytes.remove_prefix(end + kEnd.size() - before);
  const std::string head = kept_.substr(0, end + 2);
  kept_.clear();
  return head.size() <= kMaxHead && ParseHead(head);
}

bool ReplyParser::ParseHead(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kStatusAt = 9;  // Behind "HTTP/1.1 ".
  if (head.size() < kStatusAt + 3 || !head.starts_with(kVersion) || head[kStatusAt - 1] != ' ') {
    return false;
  }
  if (head[7] != '1') keeps_connection_ = false;
  const auto status = ReadNumber(head.substr(kStatusAt, 3), 10);
  if (!status || *status < 100) return false;
  status_ = static_cast<int>(*status);
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    if (!ParseField(head.substr(0, end))) return false;
    head.remove_prefix(end + 2);
  }
  if (status_ < 200) {  // An interim reply; the real one follows.
    if (status_ == 101) return false;
    Begin();
  } else if (status_ == 204 || status_ == 304) {
    state_ = State::kDone;
  } else if (is_chunked_) {
    state_ = State::kChunkSize;
  } else if (has_length_) {
    state_ = left_ == 0 ? State::kDone : State::kSized;
  } else {
    keeps_connection_ = false;
    state_ = State::kUntilClose;
  }
  return true;
}

bool ReplyParser::ParseField(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = Trim(line.substr(colon + 1));
  if (EqualsIgnoringCase(name, "content-length")) {
    const auto length = ReadNumber(value, 10);
    if (!length || (has_length_ && *length != left_)) return false;
    has_length_ = true;
    left_ = *length;
  } else if (EqualsIgnoringCase(name, "transfer-encoding")) {
    if (!EqualsIgnoringCase(value, "chunked")) return false;
    is_chunked_ = true;
  } else if (EqualsIgnoringCase(name, "connection")) {
    if (EqualsIgnoringCase(value, "close")) keeps_connection_ = false;
    if (EqualsIgnoringCase(value, "keep-alive")) keeps_connection_ = true;
  }
  return true;
}

void ReplyParser::TakeBody(std::string_view& bytes) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (body_.size() < body_limit_)
    body_ += bytes.substr(0, std::min(size, body_limit_ - body_.size()));
  bytes.remove_prefix(size);
  left_ -= size;
  body_size_ += size;
}

bool ReplyParser::TakeLine(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  kept_ += bytes.substr(0, end);
  if (end == std::string_view::npos) {
    bytes = {};
    return false;
  }
  bytes.remove_prefix(end + 1);
  return true;
}

// One piece of a chunked body.
bool ReplyParser::StepChunks(std::string_view& bytes) {
  if (state_ == State::kChunkData) {
    TakeBody(bytes);
    if (left_ == 0) state_ = State::kChunkEnd;
    return true;
  }
  const bool complete = TakeLine(bytes);
  if (kept_.size() > kMaxLine) return false;
  if (!complete) return true;
  if (!kept_.ends_with('\r')) return false;
  kept_.pop_back();
  const std::string line = std::move(kept_);
  kept_.clear();
  switch (state_) {
    case State::kChunkSize: {
      const std::string_view digits = std::string_view(line).substr(0, line.find(';'));
      const auto size = ReadNumber(Trim(digits), 16);
      if (!size) return false;
      left_ = *size;
      if (left_ > 0) ++chunks_;
      state_ = left_ > 0 ? State::kChunkData : State::kTrailer;
      return true;
    }
    case State::kChunkEnd: state_ = State::kChunkSize; return line.empty();
    default:  // A trailer; the empty one is the last.
      if (line.empty()) state_ = State::kDone;
      return true;
  }
}

}  // namespace tenon::bench
