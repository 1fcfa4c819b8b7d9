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

}  // namespace tenon::runtime
