// SPDX-License-Identifier: Apache-2.0
#include "reply.hpp"

#include <algorithm>
#include <charconv>

#include "tenon/serving/request_context.hpp"

namespace tenon::check {
namespace {

constexpr std::size_t kMaxHeadBytes = 256U << 10U;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

bool IsToken(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

template <class T>
bool ReadNumber(std::string_view text, int base, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<std::string_view> Reply::Header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (RequestContext::NamesEqual(known, name)) return value;
  }
  return std::nullopt;
}

void ReplyReader::Feed(std::string_view bytes) {
  buffer_.append(bytes);
  const std::size_t before = reply_.body.size();
  while (problem_.empty() && phase_ != Phase::kDone && Advance()) {
  }
  if (reply_.body.size() > before) ++reply_.arrivals;
}

void ReplyReader::FeedEnd() {
  ended_ = true;
  while (problem_.empty() && phase_ != Phase::kDone && Advance()) {
  }
  if (!problem_.empty() || phase_ == Phase::kDone) return;
  if (phase_ == Phase::kClose) {
    phase_ = Phase::kDone;
  } else if (phase_ != Phase::kHead || !Rest().empty()) {
    Refuse("the connection ended in the middle of the reply");
  }
}

ReplyReader::State ReplyReader::Look() {
  if (!problem_.empty()) return State::kMalformed;
  return phase_ == Phase::kDone ? State::kWhole : State::kIncomplete;
}

Reply ReplyReader::Take() {
  Reply taken = std::move(reply_);
  reply_ = {};
  buffer_.erase(0, at_);
  at_ = 0;
  phase_ = Phase::kHead;
  // Replies to pipelined requests may lie there already.
  if (taken.status != 101 && !buffer_.empty()) Feed({});
  if (ended_) FeedEnd();
  return taken;
}

bool ReplyReader::Refuse(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

std::optional<std::string_view> ReplyReader::Line() {
  const std::string_view rest = Rest();
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) {
    if (rest.size() > kMaxHeadBytes) Refuse("a line of the reply does not end");
    return std::nullopt;
  }
  at_ += end + 2;
  return rest.substr(0, end);
}

bool ReplyReader::Advance() {
  switch (phase_) {
    case Phase::kHead: return ReadHead();
    case Phase::kChunkSize: return ReadChunkSize();
    case Phase::kTrailers: return ReadTrailers();
    case Phase::kLength:
    case Phase::kChunk:
    case Phase::kClose: return MoveBody();
    case Phase::kDone: return false;
  }
  return false;
}

bool ReplyReader::ReadHead() {
  const std::string_view rest = Rest();
  // Says at once that this is no HTTP, instead of waiting for a line that never ends.
  const std::string_view begin = rest.substr(0, 7);
  if (std::string_view("HTTP/1.").substr(0, begin.size()) != begin) {
    return Refuse("the reply does not begin with HTTP/1.x");
  }
  const std::size_t end = rest.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return rest.size() > kMaxHeadBytes ? Refuse("the reply's head does not end") : false;
  }
  const std::string head(rest.substr(0, end + 2));
  at_ += end + 4;
  std::string_view lines = head;
  const std::string_view first = lines.substr(0, lines.find("\r\n"));
  lines.remove_prefix(first.size() + 2);
  // "HTTP/1.1 200 OK": the reason may be empty.
  if (first.size() < 12 || first[8] != ' ' || (first.size() > 12 && first[12] != ' ') ||
      !ReadNumber(first.substr(9, 3), 10, reply_.status)) {
    return Refuse("the status line is '" + std::string(first.substr(0, 80)) + "'");
  }
  reply_.keeps_open = first[7] != '0';
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(line.size() + 2);
    if (!ReadHeaderLine(line)) return false;
  }
  return DecideBody();
}

bool ReplyReader::ReadHeaderLine(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse("a header line is '" + std::string(line.substr(0, 80)) + "'");
  }
  const std::string_view value = Trim(line.substr(colon + 1));
  for (const char c : value) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) {
      return Refuse("the header " + std::string(line.substr(0, colon)) +
                    " holds a control character");
    }
  }
  reply_.headers.emplace_back(line.substr(0, colon), value);
  return true;
}

bool ReplyReader::DecideBody() {
  if (reply_.status >= 100 && reply_.status < 200 && reply_.status != 101) {
    std::vector<int> interim = std::move(reply_.interim);
    interim.push_back(reply_.status);
    reply_ = {};
    reply_.interim = std::move(interim);
    return true;
  }
  if (const auto connection = reply_.Header("connection")) {
    const std::string words = Lower(*connection);
    if (words.find("close") != std::string::npos) reply_.keeps_open = false;
    if (words.find("keep-alive") != std::string::npos) reply_.keeps_open = true;
  }
  std::optional<std::string> length;
  for (const auto& [name, value] : reply_.headers) {
    if (!RequestContext::NamesEqual(name, "content-length")) continue;
    if (length && *length != value) return Refuse("there are two different Content-Length");
    length = value;
  }
  const auto coding = reply_.Header("transfer-encoding");
  if (coding && length) return Refuse("there are Content-Length and Transfer-Encoding");
  if (is_head_ || reply_.status == 204 || reply_.status == 304 || reply_.status == 101) {
    reply_.end = BodyEnd::kNone;
    phase_ = Phase::kDone;
  } else if (coding) {
    if (Lower(*coding) != "chunked") return Refuse("Transfer-Encoding is not chunked");
    reply_.end = BodyEnd::kChunked;
    phase_ = Phase::kChunkSize;
  } else if (length) {
    if (!ReadNumber(*length, 10, left_)) return Refuse("Content-Length is '" + *length + "'");
    reply_.end = BodyEnd::kLength;
    phase_ = left_ == 0 ? Phase::kDone : Phase::kLength;
  } else {
    reply_.end = BodyEnd::kClose;
    reply_.keeps_open = false;
    phase_ = Phase::kClose;
  }
  return phase_ != Phase::kDone;
}

bool ReplyReader::ReadChunkSize() {
  const auto line = Line();
  if (!line) return false;
  const std::string_view size = Trim(line->substr(0, line->find(';')));
  if (!ReadNumber(size, 16, left_)) {
    return Refuse("a chunk's size is '" + std::string(size.substr(0, 40)) + "'");
  }
  phase_ = left_ == 0 ? Phase::kTrailers : Phase::kChunk;
  return true;
}

bool ReplyReader::ReadTrailers() {
  const auto line = Line();
  if (!line) return false;
  if (line->empty()) {
    phase_ = Phase::kDone;
    return false;
  }
  return true;
}

bool ReplyReader::MoveBody() {
  const std::string_view rest = Rest();
  if (phase_ == Phase::kClose) {
    reply_.body.append(rest);
    at_ += rest.size();
    return false;
  }
  const std::size_t count = std::min(left_, rest.size());
  reply_.body.append(rest.substr(0, count));
  at_ += count;
  left_ -= count;
  if (left_ != 0) return false;
  if (phase_ == Phase::kLength) {
    phase_ = Phase::kDone;
    return false;
  }
  const std::string_view behind = Rest();
  if (behind.size() < 2) {
    // The chunk's line end has not come; left_ stays 0, so that only it is waited for.
    return false;
  }
  if (behind.substr(0, 2) != "\r\n") return Refuse("a chunk is longer than its size");
  at_ += 2;
  phase_ = Phase::kChunkSize;
  return true;
}

}  // namespace tenon::check
