// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: the rows of tests/data/trees, and what Python predicts for them.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "tenon/runtime/model.hpp"

namespace tenon::trees {

std::filesystem::path TreeData();

// A table of numbers; "nan" is one.
template <class T>
struct Table {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<T> values;
};

// What stands in NAME.expected, with its rows.
template <class T>
struct Golden {
  Table<T> rows;
  Table<T> values;
  Table<T> margins;
};

template <class T>
Golden<T> ReadGolden(const std::filesystem::path& expected);

// Runs the model on all rows at once and on each alone, and compares: `relative` is the largest
// difference from Python's answer; alone and together are the same bits.
template <class T>
void ExpectGolden(const Model& model, const Table<T>& rows, const Table<T>& expected, T relative);

}  // namespace tenon::trees
