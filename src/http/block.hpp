// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory that sockets are read into.

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace tenon::http {

// An uninitialised piece of memory with room behind it that may be read as well: what the JSON
// reader wants. Thread safety: a value.
class Block {
 public:
  static constexpr std::size_t kSpare = 64;

  Block() = default;
  explicit Block(std::size_t capacity)
      : data_(std::make_unique_for_overwrite<char[]>(capacity + kSpare)), capacity_(capacity) {
    std::memset(data_.get() + capacity, 0, kSpare);
  }
  Block(Block&& other) noexcept
      : data_(std::move(other.data_)), capacity_(std::exchange(other.capacity_, 0)) {}
  Block& operator=(Block&& other) noexcept {
    data_ = std::move(other.data_);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  ~Block() = default;

  explicit operator bool() const noexcept { return data_ != nullptr; }
  char* Data() const noexcept { return data_.get(); }
  // Without the spare room.
  std::size_t Capacity() const noexcept { return capacity_; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
};

// Blocks of one size. What was given back last is taken first, so a loop whose requests end at once
// reads into the same warm block again and again, and an idle connection owns none.
//
// Thread safety: confined to one loop.
class BlockPool {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{16} << 10U;

  explicit BlockPool(std::size_t max_kept) : max_kept_(max_kept) { kept_.reserve(max_kept); }

  Block Take() {
    if (kept_.empty()) return Block(kBlockBytes);
    Block block = std::move(kept_.back());
    kept_.pop_back();
    return block;
  }
  // Blocks of other sizes, and those beyond what is kept, are freed.
  void Give(Block block) noexcept {
    if (block.Capacity() == kBlockBytes && kept_.size() < max_kept_) {
      kept_.push_back(std::move(block));
    }
  }

 private:
  const std::size_t max_kept_;
  std::vector<Block> kept_;
};

}  // namespace tenon::http
