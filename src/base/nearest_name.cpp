// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/nearest_name.hpp"

#include <algorithm>
#include <utility>

namespace tenon {

std::size_t EditDistance(std::string_view a, std::string_view b) {
  // Three rows of the table: a swap of neighbours looks two rows back.
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> NearestNames(std::string_view written, std::span<const std::string> names,
                                      std::size_t count) {
  // A third of the letters may be wrong; short names need at least some tolerance.
  const std::size_t tolerance = std::max<std::size_t>(2, written.size() / 3);
  std::vector<std::pair<std::size_t, std::size_t>> close;  // Distance and index.
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::size_t distance = EditDistance(written, names[i]);
    // Whoever writes the beginning of a name means it.
    if (written.size() >= 2 && names[i].starts_with(written)) distance = 1;
    if (distance <= tolerance && distance < written.size()) close.emplace_back(distance, i);
  }
  std::sort(close.begin(), close.end());
  if (close.size() > count) close.resize(count);
  std::vector<std::string> nearest;
  nearest.reserve(close.size());
  for (const auto& [distance, index] : close) nearest.push_back(names[index]);
  return nearest;
}

std::string DidYouMean(std::string_view written, std::span<const std::string> names) {
  const std::vector<std::string> nearest = NearestNames(written, names, 2);
  if (nearest.empty()) return "";
  std::string text = " Did you mean '" + nearest[0] + "'";
  if (nearest.size() > 1) text += " or '" + nearest[1] + "'";
  return text + "?";
}

}  // namespace tenon
