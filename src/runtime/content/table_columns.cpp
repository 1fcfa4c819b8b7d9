// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/table_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tenon::runtime {
namespace {

// Elements of a row; nothing where the artifact leaves that open. No rows: no table.
struct RowWidth {
  std::optional<std::size_t> width = {};
  bool is_known = true;  // Whether one length at most is open.
};

RowWidth WidthOfRow(const TensorSpec& spec) {
  if (spec.dimensions.empty()) return {};
  std::size_t width = 1;
  std::size_t open = 0;
  for (std::size_t i = 1; i < spec.dimensions.size(); ++i) {
    if (spec.dimensions[i] == kDynamic) {
      ++open;
    } else {
      width *= static_cast<std::size_t>(spec.dimensions[i]);
    }
  }
  if (open > 1) return {.is_known = false};
  if (open == 1) return {};
  return {.width = width};
}

std::vector<std::string> NamesOf(const std::vector<TensorSpec>& inputs) {
  if (inputs.size() == 1) return inputs[0].columns;
  std::vector<std::string> names;
  for (const TensorSpec& input : inputs) {
    // Where each input is a column, their names are the columns'.
    const RowWidth row = WidthOfRow(input);
    if (row.width != 1U) return {};
    names.push_back(input.name);
  }
  return names;
}

}  // namespace

TableColumns::TableColumns(std::span<const TensorSpec> inputs)
    : inputs_(inputs.begin(), inputs.end()), names_(NamesOf(inputs_)) {
  std::size_t width = 0;
  bool is_open = false;
  for (const TensorSpec& input : inputs_) {
    const RowWidth row = WidthOfRow(input);
    fits_ = fits_ && row.is_known;
    is_open = is_open || !row.width;
    width += row.width.value_or(0);
    widths_.push_back(row.width);
    only_texts_ = only_texts_ && input.element_type == ElementType::kString;
  }
  if (is_open && inputs_.size() != 1) fits_ = false;
  if (inputs_.empty() || (!is_open && width == 0)) fits_ = false;
  if (!is_open) width_ = width;
}

std::size_t TableColumns::WidthOf(std::size_t input, std::size_t width) const noexcept {
  return widths_[input].value_or(width);
}

Result<std::vector<std::int64_t>> TableColumns::ShapeOf(std::size_t input, std::size_t rows,
                                                        std::size_t width) const {
  const TensorSpec& spec = inputs_[input];
  const auto count = static_cast<std::int64_t>(rows);
  const auto own = static_cast<std::int64_t>(WidthOf(input, width));
  if (spec.dimensions.empty()) return std::vector<std::int64_t>{count, own};
  std::vector<std::int64_t> shape = spec.dimensions;
  if (shape[0] != kDynamic && shape[0] != count) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("The model takes {} rows at once, found {}.", shape[0], rows));
  }
  shape[0] = count;
  std::int64_t known = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (shape[i] != kDynamic) known *= shape[i];
  }
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (shape[i] != kDynamic) continue;
    if (known == 0 || own % known != 0) {
      return Error(
          ErrorCode::kInvalid,
          fmt::format("The model takes {}, which rows of {} cells are not.", ToString(spec), own));
    }
    shape[i] = own / known;
  }
  return shape;
}

}  // namespace tenon::runtime
