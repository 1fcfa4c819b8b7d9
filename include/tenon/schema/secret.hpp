// SPDX-License-Identifier: Apache-2.0
#pragma once

// A text that must not be shown.

#include <string>
#include <utility>

namespace tenon {

// A password, token or key in a settings struct. Every printout shows `***`: the start block, error
// messages, logs and JSON. The value has to be asked for by name.
//
// Not a vault: the text lies in memory as it is.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) noexcept : value_(std::move(value)) {}

  const std::string& Reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace tenon
