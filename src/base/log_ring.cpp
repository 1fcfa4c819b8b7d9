// SPDX-License-Identifier: Apache-2.0
#include "base/log_ring.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace tenon {
namespace {

std::atomic_ref<std::uint32_t> Shared(std::uint32_t& value) noexcept {
  return std::atomic_ref<std::uint32_t>(value);
}

}  // namespace

LogRing::LogRing(std::size_t bytes) : capacity_(std::bit_ceil(std::max<std::size_t>(bytes, 4096))) {
  void* memory =
      mmap(nullptr, capacity_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  bytes_ = static_cast<std::byte*>(memory);
}

LogRing::~LogRing() { munmap(bytes_, capacity_); }

LogRing::Header& LogRing::At(std::uint64_t position) const noexcept {
  return *reinterpret_cast<Header*>(bytes_ + (position & (capacity_ - 1)));
}

std::byte* LogRing::Reserve(std::size_t size) noexcept {
  const std::size_t length = (sizeof(Header) + size + 7) / 8 * 8;
  if (length > capacity_ / 2) return nullptr;
  std::uint64_t end = end_.load(std::memory_order_relaxed);
  for (;;) {
    const std::size_t to_edge = capacity_ - (end & (capacity_ - 1));
    // A record is in one piece: one that would cross the edge starts behind it.
    const std::size_t padding = length <= to_edge ? 0 : to_edge;
    // Signed, since `end` may be older than what the reader has taken out; then the swap fails.
    const auto used =
        static_cast<std::int64_t>(end + padding + length - begin_.load(std::memory_order_acquire));
    if (used > static_cast<std::int64_t>(capacity_)) return nullptr;
    if (!end_.compare_exchange_weak(end, end + padding + length, std::memory_order_relaxed)) {
      continue;
    }
    if (padding > 0) {
      Header& header = At(end);
      header.size = kPadding;
      Shared(header.length).store(static_cast<std::uint32_t>(padding), std::memory_order_release);
    }
    Header& header = At(end + padding);
    header.size = static_cast<std::uint32_t>(size);
    return reinterpret_cast<std::byte*>(&header + 1);
  }
}

void LogRing::Commit(std::byte* record) noexcept {
  Header& header = *(reinterpret_cast<Header*>(record) - 1);
  const std::size_t length = (sizeof(Header) + header.size + 7) / 8 * 8;
  // Sequentially consistent, as is the reader's look before it sleeps: one of them sees the other.
  Shared(header.length).store(static_cast<std::uint32_t>(length), std::memory_order_seq_cst);
}

std::span<const std::byte> LogRing::Front() noexcept {
  for (;;) {
    const std::uint64_t begin = Begin();
    Header& header = At(begin);
    const std::uint32_t length = Shared(header.length).load(std::memory_order_seq_cst);
    if (length == 0) return {};
    if (header.size != kPadding) {
      return {reinterpret_cast<const std::byte*>(&header + 1), header.size};
    }
    Release(length);
  }
}

void LogRing::PopFront() noexcept { Release(At(Begin()).length); }

void LogRing::Release(std::size_t length) noexcept {
  // A header may come to lie anywhere, so all of it must read as "not committed".
  const std::uint64_t begin = Begin();
  std::memset(static_cast<void*>(&At(begin)), 0, length);
  begin_.store(begin + length, std::memory_order_release);
}

}  // namespace tenon
