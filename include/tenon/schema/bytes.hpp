// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes that several owners share.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "tenon/base/export.hpp"

namespace tenon {

// An immutable run of bytes with a shared owner: copies and slices cost a reference count, never a
// copy of the bytes. In JSON a base64 string (RFC 4648 §4, with padding).
//
// Not for text: a `std::string` is checked to be UTF-8, Bytes are not.
// Thread safety: a value; the bytes never change while anything refers to them.
class TENON_EXPORT Bytes {
 public:
  Bytes() = default;
  // `owner` keeps `data` alive and unchanged for as long as there is a copy or slice.
  Bytes(std::shared_ptr<const void> owner, std::span<const std::byte> data) noexcept
      : owner_(std::move(owner)), data_(data) {}

  static Bytes Copy(std::span<const std::byte> data);
  static Bytes Copy(std::string_view data);

  const std::byte* data() const noexcept { return data_.data(); }
  std::size_t size() const noexcept { return data_.size(); }
  bool empty() const noexcept { return data_.empty(); }
  const std::byte* begin() const noexcept { return data_.data(); }
  const std::byte* end() const noexcept { return data_.data() + data_.size(); }
  std::string_view View() const noexcept {
    return {reinterpret_cast<const char*>(data_.data()), data_.size()};
  }
  const std::shared_ptr<const void>& Owner() const noexcept { return owner_; }

  // `count` bytes from `offset` on, or fewer where there are fewer.
  Bytes Slice(std::size_t offset, std::size_t count) const noexcept;

  friend bool operator==(const Bytes& a, const Bytes& b) noexcept { return a.View() == b.View(); }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> data_;
};

}  // namespace tenon
