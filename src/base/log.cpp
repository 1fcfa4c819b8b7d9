// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/log.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/blocked_signals.hpp"
#include "base/log_record.hpp"
#include "base/log_ring.hpp"

namespace tenon {

void FdSink::Write(std::string_view lines) noexcept {
  while (!lines.empty()) {
    const ssize_t written = write(fd_, lines.data(), lines.size());
    if (written >= 0) {
      lines.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wait{fd_, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return;  // Nobody reads any more, and there is no better place to say so.
    }
  }
}

struct Logger::Content {
  Content(const LogOptions& options, LogSink& where)
      : format(options.format),
        now(options.now != nullptr ? options.now : &std::chrono::system_clock::now),
        sink(where),
        ring(options.ring_bytes) {}

  void Run() noexcept;
  // Renders and writes what is there; false when there was nothing.
  bool WriteSome(std::string& lines);
  void AppendDropped(std::string& lines);
  void Wake() noexcept;

  const LogFormat format;
  std::chrono::system_clock::time_point (*const now)();
  LogSink& sink;
  LogRing ring;
  std::atomic<std::uint64_t> dropped{0};
  std::uint64_t dropped_told = 0;  // By the writing thread.

  std::atomic<bool> asleep{false};
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable wrote;
  bool ending = false;
  std::uint64_t written = 0;  // Up to which position of the ring lines are in the sink.

  std::thread thread;
};

void Logger::Content::Run() noexcept {
  pthread_setname_np(pthread_self(), "tenon-log");
  std::string lines;
  for (;;) {
    if (WriteSome(lines)) {
      const std::lock_guard lock(mutex);
      written = ring.Begin();
      wrote.notify_all();
      continue;
    }
    std::unique_lock lock(mutex);
    asleep.store(true, std::memory_order_seq_cst);
    // Whoever commits after this look sees that we sleep.
    if (!ring.Front().empty()) {
      asleep.store(false, std::memory_order_relaxed);
      continue;
    }
    if (ending) return;
    wake.wait(lock, [this] { return !asleep.load(std::memory_order_relaxed) || ending; });
    asleep.store(false, std::memory_order_relaxed);
  }
}

bool Logger::Content::WriteSome(std::string& lines) {
  constexpr std::size_t kBatch = std::size_t{32} << 10U;
  lines.clear();
  std::span<const std::byte> record;
  while (lines.size() < kBatch && !(record = ring.Front()).empty()) {
    RenderLogLine(record, format, lines);
    ring.PopFront();
  }
  AppendDropped(lines);
  if (lines.empty()) return false;
  sink.Write(lines);
  return true;
}

void Logger::Content::AppendDropped(std::string& lines) {
  const std::uint64_t total = dropped.load(std::memory_order_relaxed);
  if (total == dropped_told) return;
  const LogLine line{now(),
                     LogLevel::kWarning,
                     "lines were dropped, since they came faster than they could be written",
                     {{"dropped", total - dropped_told}}};
  std::vector<std::byte> encoded(EncodedSize(line));
  EncodeLogLine(line, encoded.data());
  RenderLogLine(encoded, format, lines);
  dropped_told = total;
}

void Logger::Content::Wake() noexcept {
  if (!asleep.load(std::memory_order_seq_cst)) return;
  if (!asleep.exchange(false)) return;  // Another thread wakes it.
  const std::lock_guard lock(mutex);
  wake.notify_one();
}

Logger::Logger(LogOptions options, LogSink& sink)
    : level_(options.level), content_(std::make_unique<Content>(options, sink)) {
  const BlockedSignals blocked;
  content_->thread = std::thread([content = content_.get()] { content->Run(); });
}

Logger::~Logger() {
  {
    const std::lock_guard lock(content_->mutex);
    content_->ending = true;
    content_->wake.notify_one();
  }
  content_->thread.join();
}

void Logger::Append(LogLevel level, std::string_view message, Fields fields) noexcept {
  const LogLine line{content_->now(), level, message, fields};
  std::byte* record = content_->ring.Reserve(EncodedSize(line));
  if (record == nullptr) {
    content_->dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  EncodeLogLine(line, record);
  content_->ring.Commit(record);
  content_->Wake();
}

bool Logger::Flush(std::chrono::milliseconds limit) noexcept {
  const std::uint64_t end = content_->ring.End();
  std::unique_lock lock(content_->mutex);
  return content_->wrote.wait_for(lock, limit, [&] { return content_->written >= end; });
}

std::uint64_t Logger::Dropped() const noexcept {
  return content_->dropped.load(std::memory_order_relaxed);
}

}  // namespace tenon
