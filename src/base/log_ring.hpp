// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes that many threads put in and one takes out, record by record.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tenon {

// A ring of records of any length. Writers reserve by one compare-and-swap, fill their part and
// commit it; the reader sees records in the order of reservation. Never blocks a writer.
//
// Memory is taken page by page as it is first used. Thread safety: `Reserve` and `Commit` from any
// thread; the rest from the reader's.
class LogRing {
 public:
  // Rounded up to a power of two, 4,096 at least. Throws std::bad_alloc.
  explicit LogRing(std::size_t bytes);
  ~LogRing();
  LogRing(const LogRing&) = delete;
  LogRing& operator=(const LogRing&) = delete;

  // Room for a record, or null when there is none now. Each is committed soon.
  std::byte* Reserve(std::size_t size) noexcept;
  void Commit(std::byte* record) noexcept;

  // The oldest record; empty when there is none, or when it is not committed yet.
  std::span<const std::byte> Front() noexcept;
  // REQUIRES: Front was not empty. Its bytes are gone.
  void PopFront() noexcept;

  // How far writers have reserved, and how far the reader has taken out; they only grow.
  std::uint64_t End() const noexcept { return end_.load(std::memory_order_acquire); }
  std::uint64_t Begin() const noexcept { return begin_.load(std::memory_order_relaxed); }

 private:
  // Before each record. `length` counts the header, and is 0 until the record is committed.
  struct Header {
    std::uint32_t length;
    std::uint32_t size;  // Of the record; kPadding when it only fills the ring's end.
  };
  static constexpr std::uint32_t kPadding = ~std::uint32_t{0};

  Header& At(std::uint64_t position) const noexcept;
  void Release(std::size_t length) noexcept;

  std::byte* bytes_;
  std::size_t capacity_;
  alignas(64) std::atomic<std::uint64_t> end_{0};
  alignas(64) std::atomic<std::uint64_t> begin_{0};
};

}  // namespace tenon
