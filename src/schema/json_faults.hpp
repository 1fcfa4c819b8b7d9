// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is wrong with values, and where they are.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/error.hpp"

namespace tenon::schema {

// One step from a value to a value inside it. Lies on the stack of whoever reads, linked outwards;
// becomes text only when there is a fault.
struct Path {
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

  const Path* outer = nullptr;  // Null: the document.
  std::string_view key = {};
  std::size_t index = kNoIndex;  // Set: an element; else a member.
};

class FaultList {
 public:
  // `path` is null for the document itself.
  void Add(const Path* path, std::string detail);
  bool IsEmpty() const noexcept { return faults_.empty(); }
  std::size_t Count() const noexcept { return faults_.size() + omitted_; }
  Error ToError() &&;

 private:
  std::vector<Fault> faults_;
  std::size_t omitted_ = 0;
};

}  // namespace tenon::schema
