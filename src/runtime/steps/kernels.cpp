// SPDX-License-Identifier: Apache-2.0
#include "runtime/steps/kernels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "schema/element_types.hpp"

namespace tenon::runtime::steps {
namespace {

Error Unfit(std::string detail) {
  return Error(ErrorCode::kInternal, "The model's output does not fit the steps after it.")
      .WithPrivateDetail(std::move(detail));
}

// Calls `visit` with float or double.
template <class Visit>
decltype(auto) VisitFloat(ElementType type, Visit&& visit) {
  if (type == ElementType::kFloat64) return visit(std::type_identity<double>());
  return visit(std::type_identity<float>());
}

template <class T, class Function>
AnyTensor Map(const AnyTensor& from, Function function) {
  AnyTensor to = AnyTensor::Create(kElementTypeOf<decltype(function(T()))>, from.Shape());
  const std::span<const T> values = from.Elements<T>();
  std::transform(values.begin(), values.end(), static_cast<decltype(function(T()))*>(to.data()),
                 function);
  return to;
}

// How long the last dimension is, and how many such rows there are.
struct Rows {
  std::size_t length;
  std::size_t count;
};

Result<Rows> RowsOf(const AnyTensor& tensor) {
  if (tensor.Rank() == 0) return Unfit("a scalar has no last dimension");
  const auto length = static_cast<std::size_t>(tensor.Shape().back());
  return Rows{length, length == 0 ? 0 : tensor.size() / length};
}

template <class T>
bool IsLarger(T a, T b) noexcept {
  if (std::isnan(b)) return !std::isnan(a);
  return a > b;
}

template <class T>
void TopOfRow(std::span<const T> row, std::span<std::int64_t> places, std::span<T> values,
              std::vector<std::int64_t>& order) {
  order.resize(row.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto at = [&](std::int64_t place) { return row[static_cast<std::size_t>(place)]; };
  std::partial_sort(order.begin(), order.begin() + std::ssize(places), order.end(),
                    [&](std::int64_t a, std::int64_t b) {
                      if (IsLarger(at(a), at(b))) return true;
                      return !IsLarger(at(b), at(a)) && a < b;
                    });
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = order[i];
    values[i] = at(order[i]);
  }
}

}  // namespace

Result<AnyTensor> Softmax(const AnyTensor& scores) {
  const Result<Rows> rows = RowsOf(scores);
  if (!rows) return rows.Error();
  AnyTensor result = scores.Clone();
  VisitFloat(scores.Type(), [&]<class T>(std::type_identity<T>) {
    T* row = static_cast<T*>(result.data());
    for (std::size_t i = 0; i < rows->count; ++i, row += rows->length) {
      const T largest = *std::max_element(row, row + rows->length);
      T sum = 0;
      for (std::size_t j = 0; j < rows->length; ++j) sum += row[j] = std::exp(row[j] - largest);
      for (std::size_t j = 0; j < rows->length; ++j) row[j] /= sum;
    }
  });
  return result;
}

AnyTensor Sigmoid(const AnyTensor& scores) {
  return VisitFloat(scores.Type(), [&]<class T>(std::type_identity<T>) {
    return Map<T>(scores, [](T x) {
      // exp of a large positive number would overflow.
      const T e = std::exp(-std::abs(x));
      return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    });
  });
}

Result<Largest> TopK(const AnyTensor& scores, std::size_t count) {
  const Result<Rows> rows = RowsOf(scores);
  if (!rows) return rows.Error();
  if (rows->length < count) {
    return Unfit(fmt::format("the largest {} of {} values are wanted", count, rows->length));
  }
  std::vector<std::int64_t> shape = scores.Shape();
  shape.back() = static_cast<std::int64_t>(count);
  Largest largest{AnyTensor::Create(ElementType::kInt64, shape),
                  AnyTensor::Create(scores.Type(), shape)};
  VisitFloat(scores.Type(), [&]<class T>(std::type_identity<T>) {
    std::vector<std::int64_t> order;
    const T* row = static_cast<const T*>(scores.data());
    auto* places = static_cast<std::int64_t*>(largest.places.data());
    T* values = static_cast<T*>(largest.values.data());
    for (std::size_t i = 0; i < rows->count; ++i) {
      TopOfRow<T>({row, rows->length}, {places, count}, {values, count}, order);
      row += rows->length;
      places += count;
      values += count;
    }
  });
  return largest;
}

Result<Largest> ArgMax(const AnyTensor& scores) {
  Result<Largest> largest = TopK(scores, 1);
  if (!largest) return largest;
  return Largest{Squeeze(largest->places).Value(), Squeeze(largest->values).Value()};
}

AnyTensor AtLeast(const AnyTensor& scores, double limit) {
  return VisitFloat(scores.Type(), [&]<class T>(std::type_identity<T>) {
    return Map<T>(scores, [limit](T x) { return static_cast<double>(x) >= limit; });
  });
}

Result<AnyTensor> LookUp(const AnyTensor& places, std::span<const std::string> labels) {
  AnyTensor result = AnyTensor::Create(ElementType::kString, places.Shape());
  const std::span<std::string> to = result.Strings();
  const auto* from = static_cast<const std::byte*>(places.data());
  const std::size_t size = ElementSize(places.Type());
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::int64_t place = schema::LoadInteger(places.Type(), from + i * size);
    if (place < 0 || static_cast<std::size_t>(place) >= labels.size()) {
      return Unfit(fmt::format("there is no label {}; there are {}", place, labels.size()));
    }
    to[i] = labels[static_cast<std::size_t>(place)];
  }
  return result;
}

AnyTensor Scale(const AnyTensor& values, double by, double add) {
  return VisitFloat(values.Type(), [&]<class T>(std::type_identity<T>) {
    return Map<T>(values, [by = static_cast<T>(by), add = static_cast<T>(add)](T x) {
      return static_cast<T>(x * by + add);
    });
  });
}

Result<AnyTensor> Normalise(const AnyTensor& values, std::size_t axis, std::span<const double> mean,
                            std::span<const double> deviation) {
  if (mean.size() != 1 &&
      (axis >= values.Rank() || static_cast<std::size_t>(values.Shape()[axis]) != mean.size())) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("Dimension {} of an input has {} means; the shape is [{}].", axis,
                             mean.size(), fmt::join(values.Shape(), ", ")));
  }
  // Values that lie together and share a mean.
  const std::size_t block =
      mean.size() == 1 ? values.size() : ElementCount(std::span(values.Shape()).subspan(axis + 1));
  AnyTensor result = values.Clone();
  VisitFloat(values.Type(), [&]<class T>(std::type_identity<T>) {
    T* to = static_cast<T*>(result.data());
    for (std::size_t at = 0, i = 0; at < values.size(); at += block, i = (i + 1) % mean.size()) {
      const T m = static_cast<T>(mean[i]);
      const T d = static_cast<T>(deviation[i]);
      for (std::size_t j = at; j < at + block; ++j) to[j] = (to[j] - m) / d;
    }
  });
  return result;
}

Result<AnyTensor> Squeeze(const AnyTensor& tensor) {
  std::vector<std::int64_t> shape = tensor.Shape();
  if (shape.back() != 1) {
    return Unfit(fmt::format("one column is wanted, and there are {}", shape.back()));
  }
  shape.pop_back();
  return tensor.Reshape(std::move(shape));
}

}  // namespace tenon::runtime::steps
