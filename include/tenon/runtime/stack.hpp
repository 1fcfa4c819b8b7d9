// SPDX-License-Identifier: Apache-2.0
#pragma once

// Batches of tensors: many items in one tensor with a leading batch dimension, and back.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon {

namespace detail {

// Throw kInvalid, naming the first item that differs.
[[noreturn]] TENON_EXPORT void RefuseToStack(std::size_t index, std::span<const std::int64_t> found,
                                             std::span<const std::int64_t> first);
[[noreturn]] TENON_EXPORT void RefuseScalar();

}  // namespace detail

// One tensor of shape [items, ...] from tensors of one shape [...]. Copies; the items stay theirs.
// No items make a tensor of shape [0].
// Errors: throws kInvalid, naming the first item whose shape differs.
template <TensorElement T>
Tensor<T> Stack(std::span<const Tensor<T>> items) {
  std::vector<std::int64_t> shape = {static_cast<std::int64_t>(items.size())};
  if (!items.empty()) {
    const auto& first = items.front().Shape();
    shape.insert(shape.end(), first.begin(), first.end());
  }
  Tensor<T> batch = Tensor<T>::Create(std::move(shape));
  T* to = batch.data();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!std::ranges::equal(items[i].Shape(), items[0].Shape())) {
      detail::RefuseToStack(i, items[i].Shape(), items[0].Shape());
    }
    to = std::copy(items[i].begin(), items[i].end(), to);
  }
  return batch;
}

// One tensor of shape [items, n] from rows of n values each, where `row(item)` gives a range of
// them: the features of a batch of structs, without a tensor for each.
//
//   Tensor<float> x = StackRows(batch, [](const Fruit& f) { return std::array{f.weight, f.hue}; });
//
// Errors: throws kInvalid, naming the first item whose row is longer or shorter than the first.
template <class Item, class Row>
auto StackRows(std::span<const Item> items, const Row& row) {
  using Range = std::invoke_result_t<const Row&, const Item&>;
  using T = std::ranges::range_value_t<Range>;
  if (items.empty()) return Tensor<T>::Create({0, 0});
  const auto length_of = [](const auto& values) {
    return static_cast<std::int64_t>(std::ranges::size(values));
  };
  const std::int64_t length = length_of(row(items.front()));
  Tensor<T> batch = Tensor<T>::Create({static_cast<std::int64_t>(items.size()), length});
  T* to = batch.data();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Range& values = row(items[i]);
    if (length_of(values) != length) {
      const std::int64_t found[] = {length_of(values)};
      detail::RefuseToStack(i, found, std::span(&length, 1));
    }
    to = std::copy(std::ranges::begin(values), std::ranges::end(values), to);
  }
  return batch;
}

// The values of each item of a batch [items, ...], in row-major order; views into `batch`.
// Errors: throws kInvalid for a scalar.
template <TensorElement T>
std::vector<std::span<const T>> Rows(const Tensor<T>& batch) {
  if (batch.Shape().empty()) detail::RefuseScalar();
  const std::size_t count = static_cast<std::size_t>(batch.Shape()[0]);
  const std::size_t length = count == 0 ? 0 : batch.size() / count;
  std::vector<std::span<const T>> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows.emplace_back(batch.data() + i * length, length);
  }
  return rows;
}
template <TensorElement T>
std::vector<std::span<const T>> Rows(const Tensor<T>&& batch) = delete;  // Views into what is gone.

// The items of a batch [items, ...] as tensors [...] of their own: what Stack made, undone. Copies.
// Errors: throws kInvalid for a scalar.
template <TensorElement T>
std::vector<Tensor<T>> Split(const Tensor<T>& batch) {
  std::vector<Tensor<T>> items;
  for (const std::span<const T> row : Rows(batch)) {
    items.push_back(Tensor<T>::Create({batch.Shape().begin() + 1, batch.Shape().end()}));
    std::ranges::copy(row, items.back().begin());
  }
  return items;
}

}  // namespace tenon
