// SPDX-License-Identifier: Apache-2.0
#pragma once

// application/vnd.amazon.eventstream: what a streamed answer comes in.

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tenon::aws {

struct StreamMessage {
  std::map<std::string, std::string> headers;  // Those that hold text.
  std::string_view payload;

  std::string Header(const std::string& name) const;
};

// Takes bytes as they come and gives whole messages.
class EventStreamDecoder {
 public:
  using OnMessage = std::function<void(const StreamMessage&)>;
  explicit EventStreamDecoder(OnMessage on_message) : on_message_(std::move(on_message)) {}

  // Errors: throws Failure for a frame that is broken or longer than 16 MiB.
  void Feed(std::string_view bytes);
  // Whether the bytes so far end with a whole message.
  bool IsAtEnd() const { return buffer_.empty(); }

 private:
  OnMessage on_message_;
  std::string buffer_;
};

}  // namespace tenon::aws
