// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a struct says of one of its fields beyond name and type.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tenon::schema {

// A value that a field has when it is left out.
struct DefaultValue {
  enum class Source : std::uint8_t {
    kNone,         // There is no default.
    kInitializer,  // What the struct's own initializer says.
    kBool,
    kInteger,  // Also enumerators, by their value.
    kNumber,   // Also durations, in seconds.
    kText,
  };
  Source source = Source::kNone;
  bool boolean = false;
  long double number = 0;  // Holds every 64-bit integer and every double exactly.
  std::string_view text = {};
};

// The shape that a tensor must have; -1 is a dimension of any length.
struct ShapeLimit {
  static constexpr std::size_t kMaxRank = 8;
  std::size_t rank = 0;
  std::array<std::int64_t, kMaxRank> dimensions{};

  constexpr std::span<const std::int64_t> Dimensions() const noexcept {
    return std::span(dimensions).first(rank);
  }
};

// Absent limits do not limit. Numbers, and durations in seconds: minimum to exclusive_maximum.
// Strings, in Unicode characters: lengths. Lists and maps: items. Tensors: shape.
struct Constraints {
  std::string_view description = {};
  DefaultValue default_value = {};
  bool required = false;  // In settings: must be set, whatever the initializer says.
  std::optional<long double> minimum = {};
  std::optional<long double> maximum = {};
  std::optional<long double> exclusive_minimum = {};
  std::optional<long double> exclusive_maximum = {};
  std::optional<std::size_t> min_length = {};
  std::optional<std::size_t> max_length = {};
  std::optional<std::size_t> min_items = {};
  std::optional<std::size_t> max_items = {};
  std::optional<ShapeLimit> shape = {};

  constexpr bool HasDefault() const noexcept {
    return default_value.source != DefaultValue::Source::kNone;
  }
  constexpr bool LimitsNumber() const noexcept {
    return minimum || maximum || exclusive_minimum || exclusive_maximum;
  }
};

inline constexpr Constraints kNoConstraints{};

}  // namespace tenon::schema
