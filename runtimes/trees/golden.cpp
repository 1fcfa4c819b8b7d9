// SPDX-License-Identifier: Apache-2.0
#include "golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

namespace tenon::trees {
namespace {

template <class T>
void AddRow(const std::string& line, Table<T>& table) {
  std::istringstream words(line);
  std::size_t count = 0;
  for (std::string word; words >> word; ++count) {
    T number{};
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    ASSERT_TRUE(error == std::errc() && stop == end) << word;
    table.values.push_back(number);
  }
  table.columns = count;
  ++table.rows;
}

template <class T>
Tensor<T> RowsOf(const Table<T>& table, std::size_t first, std::size_t count) {
  auto tensor = Tensor<T>::Create(
      {static_cast<std::int64_t>(count), static_cast<std::int64_t>(table.columns)});
  std::copy_n(table.values.begin() + static_cast<std::ptrdiff_t>(first * table.columns),
              count * table.columns, tensor.begin());
  return tensor;
}

}  // namespace

std::filesystem::path TreeData() { return TENON_TEST_TREES; }

template <class T>
Golden<T> ReadGolden(const std::filesystem::path& expected) {
  Golden<T> golden;
  std::ifstream file(expected);
  std::string line;
  std::getline(file, line);
  EXPECT_FALSE(line.empty()) << expected;
  std::ifstream rows(TreeData() / line);
  while (std::getline(file, line)) {
    const std::size_t bar = line.find('|');
    AddRow(line.substr(0, bar), golden.values);
    AddRow(line.substr(bar + 1), golden.margins);
  }
  while (std::getline(rows, line)) AddRow(line, golden.rows);
  EXPECT_EQ(golden.rows.rows, golden.values.rows);
  return golden;
}

template <class T>
void ExpectGolden(const Model& model, const Table<T>& rows, const Table<T>& expected, T relative) {
  const Tensor<T> together = model.Predict<T>(RowsOf(rows, 0, rows.rows));
  ASSERT_EQ(together.size(), expected.values.size());
  EXPECT_EQ(together.Shape().front(), static_cast<std::int64_t>(rows.rows));
  EXPECT_EQ(together.Rank(), model.Outputs()[0].dimensions.size());
  for (std::size_t i = 0; i < together.size(); ++i) {
    const T wanted = expected.values[i];
    EXPECT_LE(std::fabs(together[i] - wanted), relative * std::max(std::fabs(wanted), T{1}))
        << "row " << i / expected.columns << ": " << together[i] << ", Python says " << wanted;
  }
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const Tensor<T> alone = model.Predict<T>(RowsOf(rows, row, 1));
    ASSERT_EQ(alone.size(), expected.columns);
    for (std::size_t c = 0; c < alone.size(); ++c) {
      EXPECT_EQ(alone[c], together[row * expected.columns + c]) << "row " << row;
    }
  }
}

template Golden<float> ReadGolden(const std::filesystem::path&);
template Golden<double> ReadGolden(const std::filesystem::path&);
template void ExpectGolden(const Model&, const Table<float>&, const Table<float>&, float);
template void ExpectGolden(const Model&, const Table<double>&, const Table<double>&, double);

}  // namespace tenon::trees
