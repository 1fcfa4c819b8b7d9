// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/frame.hpp"

#include <array>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define TENON_FRESH_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TENON_FRESH_FRAMES 1
#endif
#endif

namespace tenon::detail {

#ifdef TENON_FRESH_FRAMES

void* AllocateFrame(std::size_t size) { return ::operator new(size); }
void FreeFrame(void* frame, std::size_t size) noexcept { ::operator delete(frame, size); }

#else

namespace {

constexpr std::size_t kClassBytes = 64;
constexpr std::size_t kClasses = 32;  // Frames up to 2 KiB; larger ones are rare.
constexpr std::size_t kKeptPerClass = 256;

struct FreeFrameNode {
  FreeFrameNode* next;
};

struct FrameCache {
  struct List {
    FreeFrameNode* head = nullptr;
    std::size_t count = 0;
  };
  std::array<List, kClasses> lists;
  bool ended = false;

  ~FrameCache() {
    ended = true;
    for (List& list : lists) {
      while (list.head != nullptr) {
        FreeFrameNode* node = list.head;
        list.head = node->next;
        ::operator delete(node);
      }
    }
  }
};

FrameCache& Cache() noexcept {
  // At an offset that the loader settles once: looking it up is 58 instructions of a handle call.
  thread_local FrameCache cache __attribute__((tls_model("initial-exec")));
  return cache;
}

}  // namespace

void* AllocateFrame(std::size_t size) {
  const std::size_t index = (size - 1) / kClassBytes;
  if (index >= kClasses) return ::operator new(size);
  FrameCache::List& list = Cache().lists[index];
  if (list.head == nullptr) return ::operator new((index + 1) * kClassBytes);
  FreeFrameNode* node = list.head;
  list.head = node->next;
  --list.count;
  return node;
}

void FreeFrame(void* frame, std::size_t size) noexcept {
  const std::size_t index = (size - 1) / kClassBytes;
  FrameCache& cache = Cache();
  if (index >= kClasses || cache.ended || cache.lists[index].count >= kKeptPerClass) {
    ::operator delete(frame);
    return;
  }
  FrameCache::List& list = cache.lists[index];
  list.head = ::new (frame) FreeFrameNode{list.head};
  ++list.count;
}

#endif

}  // namespace tenon::detail
