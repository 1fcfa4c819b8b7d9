// SPDX-License-Identifier: Apache-2.0
#pragma once

// A log that a test can read.

#include <mutex>
#include <string>
#include <string_view>

#include "tenon/base/log.hpp"

namespace tenon::testing {

// Keeps what is logged to `Log()`. Thread safety: thread-safe.
class CapturedLog final : private LogSink {
 public:
  explicit CapturedLog(LogFormat format = LogFormat::kText, LogLevel level = LogLevel::kTrace)
      : logger_({.level = level, .format = format}, *this) {}

  Logger& Log() noexcept { return logger_; }
  // All lines up to now.
  std::string Text() {
    logger_.Flush();
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool Contains(std::string_view part) { return Text().find(part) != std::string::npos; }

 private:
  void Write(std::string_view lines) noexcept override {
    const std::lock_guard lock(mutex_);
    text_ += lines;
  }

  std::mutex mutex_;
  std::string text_;
  Logger logger_;  // Last: its thread writes into the others until it ends.
};

}  // namespace tenon::testing
