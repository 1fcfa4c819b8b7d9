// SPDX-License-Identifier: Apache-2.0
#pragma once

// A value, or the Error that stands in its place.

#include <type_traits>
#include <utility>
#include <variant>

#include "tenon/base/error.hpp"

namespace tenon {

// What a function that can fail returns. Test it, then take the value; `Value()` on a failure
// throws the Error, so that user code may simply unwrap.
//
//   Result<int> port = ParsePort(text);
//   if (!port) return std::move(port).Error();
//   Use(*port);
//
// Thread safety: thread-compatible, like the value.
template <class T = void>
class [[nodiscard]] Result {
 public:
  using ValueType = T;

  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(*-explicit-*)
  Result(tenon::Error error)                                               // NOLINT(*-explicit-*)
      : content_(std::in_place_index<1>, std::move(error)) {}
  template <class U>
    requires(!std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, T> && std::is_convertible_v<U, T> &&
             !std::is_convertible_v<U, tenon::Error>)
  Result(U&& value) : content_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT

  bool Ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return Ok(); }

  // REQUIRES: Ok().
  T& operator*() & noexcept { return *std::get_if<0>(&content_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&content_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&content_)); }
  T* operator->() noexcept { return std::get_if<0>(&content_); }
  const T* operator->() const noexcept { return std::get_if<0>(&content_); }

  // REQUIRES: !Ok().
  const tenon::Error& Error() const& noexcept { return *std::get_if<1>(&content_); }
  tenon::Error&& Error() && noexcept { return std::move(*std::get_if<1>(&content_)); }

  // The value; throws the Error when there is none.
  T Value() && {
    if (!Ok()) throw std::move(*std::get_if<1>(&content_));
    return std::move(*std::get_if<0>(&content_));
  }
  const T& Value() const& {
    if (!Ok()) throw *std::get_if<1>(&content_);
    return *std::get_if<0>(&content_);
  }

 private:
  std::variant<T, tenon::Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using ValueType = void;

  Result() = default;
  Result(tenon::Error error)  // NOLINT(*-explicit-*)
      : content_(std::in_place_index<1>, std::move(error)) {}

  bool Ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return Ok(); }

  // REQUIRES: !Ok().
  const tenon::Error& Error() const& noexcept { return *std::get_if<1>(&content_); }
  tenon::Error&& Error() && noexcept { return std::move(*std::get_if<1>(&content_)); }

  // Throws the Error when there is one.
  void Value() const {
    if (!Ok()) throw *std::get_if<1>(&content_);
  }

 private:
  std::variant<std::monostate, tenon::Error> content_;
};

}  // namespace tenon
