// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/bytes.hpp"

#include <algorithm>
#include <vector>

namespace tenon {

Bytes Bytes::Copy(std::span<const std::byte> data) {
  auto copy = std::make_shared<const std::vector<std::byte>>(data.begin(), data.end());
  const std::span<const std::byte> view(*copy);
  return {std::move(copy), view};
}

Bytes Bytes::Copy(std::string_view data) { return Copy(std::as_bytes(std::span(data))); }

Bytes Bytes::Slice(std::size_t offset, std::size_t count) const noexcept {
  const std::size_t first = std::min(offset, data_.size());
  return {owner_, data_.subspan(first, std::min(count, data_.size() - first))};
}

}  // namespace tenon
