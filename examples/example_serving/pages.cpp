// SPDX-License-Identifier: Apache-2.0
#include "pages.hpp"

#include <algorithm>

#include "characters.hpp"

namespace example_serving {

std::optional<PageCutter::Cut> PageCutter::Next() {
  while (!rest_.empty()) {
    const std::size_t length = std::min(rest_.find('\f'), rest_.size());
    const std::string_view page = rest_.substr(0, length);
    const std::u32string characters = Decode(page);
    const std::int64_t begin = position_;
    const std::int64_t end = begin + static_cast<std::int64_t>(characters.size());
    const bool more = length < rest_.size();
    rest_.remove_prefix(more ? length + 1 : length);
    position_ = more ? end + 1 : end;
    if (std::ranges::all_of(characters, IsSpace)) continue;
    return Cut{.text = std::string(page), .begin = begin, .end = end};
  }
  return std::nullopt;
}

}  // namespace example_serving
