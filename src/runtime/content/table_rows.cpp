// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "runtime/content/table_columns.hpp"
#include "schema/element_types.hpp"
#include "schema/tensor_elements.hpp"
#include "schema/text_element.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::runtime {
namespace {

constexpr std::size_t kMostBytes = std::size_t{512} << 20U;

}  // namespace

struct TableRows::Faults {
  std::vector<Fault> kept;
  std::size_t count = 0;

  void Add(std::string pointer, std::string detail) {
    if (++count > schema::kMaxFaults) return;
    kept.push_back({.pointer = std::move(pointer), .detail = std::move(detail)});
  }
};

// The elements of one input.
class TableRows::Elements {
 public:
  Elements() = default;
  Elements(const Elements&) = delete;
  Elements& operator=(const Elements&) = delete;
  virtual ~Elements() = default;

  struct Place {
    std::size_t index;   // Of the row, from 0.
    std::size_t row;     // As people call it.
    std::size_t column;  // Of the first cell, from 0.
  };
  virtual void Add(std::span<const std::string_view> cells, const Place& place, Faults& faults) = 0;
  virtual AnyTensor Finish(std::vector<std::int64_t> shape) && = 0;
};

template <class T>
class TableRows::ElementsOf final : public Elements {
 public:
  void Add(std::span<const std::string_view> cells, const Place& place, Faults& faults) override {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const schema::CellFault fault = schema::ReadCell(cells[i], elements_.Next());
      if (fault == schema::CellFault::kNone) continue;
      const std::size_t column = place.column + i;
      faults.Add(fmt::format("/{}/{}", place.index, column),
                 fmt::format("row {}, column {}: {}", place.row, column + 1,
                             schema::Words(fault, kElementTypeOf<T>, cells[i])));
    }
  }
  AnyTensor Finish(std::vector<std::int64_t> shape) && override {
    return std::move(elements_).Finish(std::move(shape));
  }

 private:
  schema::TensorElements<T> elements_{kMostBytes / sizeof(T)};
};

TableRows::TableRows(const TableColumns& columns, std::size_t width)
    : columns_(columns), width_(width), faults_(std::make_unique<Faults>()) {
  for (std::size_t i = 0; i < columns.Inputs().size(); ++i) {
    const ElementType type = columns.Inputs()[i].element_type;
    bytes_a_row_ += columns.WidthOf(i, width) * ElementSize(type);
    schema::VisitElementType(type, [&]<class T>(std::type_identity<T>) {
      elements_.push_back(std::make_unique<ElementsOf<T>>());
    });
  }
}
TableRows::~TableRows() = default;

Result<> TableRows::Add(std::span<const std::string_view> cells, std::size_t row) {
  if ((rows_ + 1) * bytes_a_row_ > kMostBytes) {
    return Error(ErrorCode::kTooLarge, fmt::format("{} rows take more than {} MiB in memory; send "
                                                   "fewer at once.",
                                                   rows_ + 1, kMostBytes >> 20U));
  }
  std::size_t column = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    const std::size_t own = columns_.WidthOf(i, width_);
    elements_[i]->Add(cells.subspan(column, own), {IndexOf(row), row, column}, *faults_);
    column += own;
  }
  ++rows_;
  return {};
}

void TableRows::AddFault(std::size_t row, std::string_view detail) {
  faults_->Add(fmt::format("/{}", IndexOf(row)), fmt::format("row {}: {}", row, detail));
}

std::size_t TableRows::IndexOf(std::size_t row) noexcept {
  if (first_row_ == 0) first_row_ = row;
  return row - first_row_;
}

Result<std::vector<AnyTensor>> TableRows::Finish() && {
  if (faults_->count > 0) {
    const std::size_t omitted = faults_->count - faults_->kept.size();
    return Error(ErrorCode::kInvalid, "The request does not fit the model.")
        .WithFaults(std::move(faults_->kept), omitted);
  }
  if (rows_ == 0) return Error(ErrorCode::kInvalid, "The body has no rows.");
  std::vector<AnyTensor> tensors;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    auto shape = columns_.ShapeOf(i, rows_, width_);
    if (!shape) return std::move(shape).Error();
    tensors.push_back(std::move(*elements_[i]).Finish(*std::move(shape)));
  }
  return tensors;
}

}  // namespace tenon::runtime
