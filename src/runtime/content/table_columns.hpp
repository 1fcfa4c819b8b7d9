// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which column of a table is which element of a model's inputs, and the tensors that rows become.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

// A table's cells, row by row, are the elements of the inputs: those of the first input, then those
// of the second. Thread safety: thread-safe.
class TableColumns {
 public:
  explicit TableColumns(std::span<const TensorSpec> inputs);

  // Whether rows of a known number of cells fit all inputs. One input alone may leave the number
  // open.
  bool Fits() const noexcept { return fits_; }
  // Cells of a row; nothing where the first row decides.
  std::optional<std::size_t> Width() const noexcept { return width_; }
  // What the columns are called; empty where they have no names.
  const std::vector<std::string>& Names() const noexcept { return names_; }
  // Whether a cell may be anything.
  bool TakesOnlyTexts() const noexcept { return only_texts_; }
  const std::vector<TensorSpec>& Inputs() const noexcept { return inputs_; }

  // Elements of the input that each row has, in a table of `width` cells a row.
  std::size_t WidthOf(std::size_t input, std::size_t width) const noexcept;
  // The shape of the input in such a table. Errors: kInvalid where the model takes another number
  // of rows.
  Result<std::vector<std::int64_t>> ShapeOf(std::size_t input, std::size_t rows,
                                            std::size_t width) const;

 private:
  std::vector<TensorSpec> inputs_;
  std::vector<std::optional<std::size_t>> widths_;
  std::optional<std::size_t> width_;
  std::vector<std::string> names_;
  bool fits_ = true;
  bool only_texts_ = true;
};

// Collects rows. Faults are counted, and the first are kept with row and column.
class TableRows {
 public:
  // `width` cells a row. REQUIRES: that is what `columns` say, and it outlives this.
  TableRows(const TableColumns& columns, std::size_t width);
  TableRows(const TableRows&) = delete;
  TableRows& operator=(const TableRows&) = delete;
  ~TableRows();

  // `row` is what people call it. REQUIRES: `width` cells.
  // Errors: kTooLarge once the tensors take more than 512 MiB.
  Result<> Add(std::span<const std::string_view> cells, std::size_t row);
  // What is wrong with a row, beside its cells. "row 3: " is put before it.
  void AddFault(std::size_t row, std::string_view detail);

  // Errors: kInvalid with the faults; for no rows; as TableColumns::ShapeOf.
  Result<std::vector<AnyTensor>> Finish() &&;

 private:
  class Elements;
  template <class T>
  class ElementsOf;
  struct Faults;
  std::size_t IndexOf(std::size_t row) noexcept;

  const TableColumns& columns_;
  const std::size_t width_;
  std::size_t rows_ = 0;
  std::size_t first_row_ = 0;  // What people call the first one; 0: none was seen.
  std::size_t bytes_a_row_ = 0;
  std::unique_ptr<Faults> faults_;
  std::vector<std::unique_ptr<Elements>> elements_;
};

}  // namespace tenon::runtime
