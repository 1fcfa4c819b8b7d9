// SPDX-License-Identifier: Apache-2.0
#include "runtime/rows.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace tenon::runtime {
namespace {

bool SameRow(const AnyTensor& a, const AnyTensor& b) noexcept {
  return a.Type() == b.Type() && a.Rank() == b.Rank() && a.Rank() > 0 &&
         std::equal(a.Shape().begin() + 1, a.Shape().end(), b.Shape().begin() + 1);
}

void CopyElements(const AnyTensor& from, std::size_t at, AnyTensor& to) {
  if (from.size() == 0) return;
  if (from.Type() == ElementType::kString) {
    std::ranges::copy(from.Strings(), to.Strings().begin() + static_cast<std::ptrdiff_t>(at));
    return;
  }
  std::memcpy(static_cast<std::byte*>(to.data()) + at * ElementSize(from.Type()), from.data(),
              from.ByteSize());
}

}  // namespace

std::optional<JoinedRows> JoinRows(std::span<const std::vector<AnyTensor>> requests) {
  JoinedRows joined;
  const std::vector<AnyTensor>& first = requests.front();
  if (first.empty()) return std::nullopt;
  for (const std::vector<AnyTensor>& request : requests) {
    for (std::size_t i = 0; i < request.size(); ++i) {
      if (!SameRow(request[i], first[i])) return std::nullopt;
      if (request[i].Shape()[0] != request[0].Shape()[0]) return std::nullopt;
    }
    joined.counts.push_back(request[0].Shape()[0]);
    joined.rows += joined.counts.back();
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    std::vector<std::int64_t> shape = first[i].Shape();
    shape[0] = joined.rows;
    AnyTensor whole = AnyTensor::Create(first[i].Type(), std::move(shape));
    std::size_t at = 0;
    for (const std::vector<AnyTensor>& request : requests) {
      CopyElements(request[i], at, whole);
      at += request[i].size();
    }
    joined.tensors.push_back(std::move(whole));
  }
  return joined;
}

std::optional<AnyTensor> SliceRows(const AnyTensor& tensor, std::int64_t first, std::int64_t count,
                                   std::int64_t rows) {
  if (tensor.Rank() == 0 || tensor.Shape()[0] != rows) return std::nullopt;
  std::vector<std::int64_t> shape = tensor.Shape();
  shape[0] = count;
  const std::size_t row = rows == 0 ? 0 : tensor.ByteSize() / static_cast<std::size_t>(rows);
  auto* const data = static_cast<std::byte*>(const_cast<void*>(tensor.data()));
  return AnyTensor::Wrap(tensor.Type(), std::move(shape),
                         data == nullptr ? nullptr : data + row * static_cast<std::size_t>(first),
                         tensor.Owner());
}

std::size_t CountRows(std::span<const AnyTensor> tensors) noexcept {
  if (tensors.empty() || tensors.front().Rank() == 0) return 0;
  const std::int64_t rows = tensors.front().Shape()[0];
  const bool is_alike = std::ranges::all_of(tensors, [rows](const AnyTensor& tensor) {
    return tensor.Rank() > 0 && tensor.Shape()[0] == rows;
  });
  return is_alike ? static_cast<std::size_t>(rows) : 0;
}

std::uint64_t HashRowShape(std::span<const AnyTensor> tensors) noexcept {
  // FNV-1a, a whole number at a time.
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3; };
  for (const AnyTensor& tensor : tensors) {
    add(static_cast<std::uint64_t>(tensor.Type()));
    add(tensor.Rank());
    for (std::size_t i = 1; i < tensor.Rank(); ++i) {
      add(static_cast<std::uint64_t>(tensor.Shape()[i]));
    }
  }
  return hash;
}

std::vector<std::vector<AnyTensor>> SplitRows(std::span<const AnyTensor> tensors,
                                              std::size_t most) {
  std::vector<std::vector<AnyTensor>> parts;
  const std::size_t rows = CountRows(tensors);
  for (std::size_t first = 0; first < rows; first += most) {
    const std::size_t count = std::min(most, rows - first);
    std::vector<AnyTensor>& part = parts.emplace_back();
    for (const AnyTensor& tensor : tensors) {
      part.push_back(*SliceRows(tensor, static_cast<std::int64_t>(first),
                                static_cast<std::int64_t>(count), static_cast<std::int64_t>(rows)));
    }
  }
  return parts;
}

AnyTensor WithRows(AnyTensor tensor, const TensorSpec& spec) {
  const std::span<const std::int64_t> wanted = spec.dimensions;
  if (wanted.size() < 2 || tensor.Rank() + 1 != wanted.size()) return tensor;
  std::vector<std::int64_t> shape = tensor.Shape();
  if (wanted.size() == 2 && wanted[1] == 1) {
    shape.push_back(1);
  } else {
    shape.insert(shape.begin(), 1);
  }
  return tensor.Reshape(std::move(shape));
}

}  // namespace tenon::runtime
