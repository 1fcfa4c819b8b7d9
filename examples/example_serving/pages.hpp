// SPDX-License-Identifier: Apache-2.0
#pragma once

// Pages of a text: what stands between form feeds (U+000C), as scanners and PDF tools write them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace example_serving {

// Takes one page after the other; pages without anything on them are left out.
// Lifetime: the text outlives it.
class PageCutter {
 public:
  struct Cut {
    std::string text;
    std::int64_t begin = 0;  // In characters of the whole text.
    std::int64_t end = 0;
  };

  explicit PageCutter(std::string_view text) : rest_(text) {}

  // Nothing when nothing is left.
  std::optional<Cut> Next();

 private:
  std::string_view rest_;
  std::int64_t position_ = 0;  // Of `rest_`, in characters.
};

}  // namespace example_serving
