// SPDX-License-Identifier: Apache-2.0
#pragma once

// The log: one line per event, with fields, written by a thread of its own.

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "tenon/base/export.hpp"

namespace tenon {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarning, kError };

enum class LogFormat : std::uint8_t {
  kText,  // For people: time, level, message, key=value.
  kJson,  // One JSON object per line.
};

// A key and a value beside the message. It borrows both: made in the call, not kept.
class LogField {
 public:
  enum class Kind : std::uint8_t { kText, kSigned, kUnsigned, kReal, kBool };

  LogField(std::string_view key, std::string_view value) noexcept
      : key_(key), kind_(Kind::kText), text_(value) {}
  LogField(std::string_view key, const char* value) noexcept
      : LogField(key, std::string_view(value)) {}
  LogField(std::string_view key, bool value) noexcept : key_(key), kind_(Kind::kBool) {
    number_.boolean = value;
  }
  LogField(std::string_view key, std::floating_point auto value) noexcept
      : key_(key), kind_(Kind::kReal) {
    number_.real = static_cast<double>(value);
  }
  LogField(std::string_view key, std::signed_integral auto value) noexcept
      : key_(key), kind_(Kind::kSigned) {
    number_.integer = value;
  }
  LogField(std::string_view key, std::unsigned_integral auto value) noexcept
      : key_(key), kind_(Kind::kUnsigned) {
    number_.natural = value;
  }

  union Number {
    std::int64_t integer;
    std::uint64_t natural = 0;
    double real;
    bool boolean;
  };

  std::string_view Key() const noexcept { return key_; }
  Kind ValueKind() const noexcept { return kind_; }
  std::string_view Text() const noexcept { return text_; }
  Number Value() const noexcept { return number_; }

 private:
  std::string_view key_;
  Kind kind_;
  std::string_view text_;
  Number number_{};
};

// Where lines go. Called on the logger's thread only; it may block.
class TENON_EXPORT LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  virtual ~LogSink() = default;
  // Whole lines, each with its newline.
  virtual void Write(std::string_view lines) noexcept = 0;
};

// Writes to a file descriptor that it does not own, such as 2. What cannot be written is lost.
class TENON_EXPORT FdSink final : public LogSink {
 public:
  explicit FdSink(int fd) noexcept : fd_(fd) {}
  void Write(std::string_view lines) noexcept override;

 private:
  int fd_;
};

// Drops everything.
class TENON_EXPORT NullSink final : public LogSink {
 public:
  void Write(std::string_view) noexcept override {}
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  // What may wait to be written; more is dropped and counted. Used memory grows up to it.
  std::size_t ring_bytes = std::size_t{256} << 10U;
  // The time that lines carry; null: the system's.
  std::chrono::system_clock::time_point (*now)() = nullptr;
};

// Takes lines from any thread without blocking and writes them from its own. An object that is
// handed down by reference: there is no global one.
//
//   log.Info("the model is loaded", {{"model", name}, {"seconds", 1.4}});
//
// A line costs the caller a few hundred nanoseconds: for events, not for every request; put a
// RateLimit before what a client can cause at will. Keys are snake_case with the unit in the name.
//
// When lines come faster than the sink takes them, those that find no room are dropped; the next
// line that is written says how many. Texts beyond 4,096 bytes and fields beyond 16 are cut.
//
// Lifetime: the sink outlives it; the destructor writes what waits. Thread safety: thread-safe.
class TENON_EXPORT Logger {
 public:
  Logger(LogOptions options, LogSink& sink);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  using Fields = std::initializer_list<LogField>;

  // Whether a line of that level is written: ask before work that only the line needs.
  bool Writes(LogLevel level) const noexcept {
    return level >= level_.load(std::memory_order_relaxed);
  }
  void SetLevel(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }

  void Log(LogLevel level, std::string_view message, Fields fields = {}) noexcept {
    if (Writes(level)) Append(level, message, fields);
  }
  void Debug(std::string_view message, Fields fields = {}) noexcept {
    Log(LogLevel::kDebug, message, fields);
  }
  void Info(std::string_view message, Fields fields = {}) noexcept {
    Log(LogLevel::kInfo, message, fields);
  }
  void Warning(std::string_view message, Fields fields = {}) noexcept {
    Log(LogLevel::kWarning, message, fields);
  }
  void Error(std::string_view message, Fields fields = {}) noexcept {
    Log(LogLevel::kError, message, fields);
  }

  // Waits until what was logged before is written. False: `limit` passed before.
  bool Flush(std::chrono::milliseconds limit = std::chrono::seconds(2)) noexcept;

  // Lines that found no room, ever.
  std::uint64_t Dropped() const noexcept;

 private:
  struct Content;
  void Append(LogLevel level, std::string_view message, Fields fields) noexcept;

  std::atomic<LogLevel> level_;
  std::unique_ptr<Content> content_;
};

}  // namespace tenon
