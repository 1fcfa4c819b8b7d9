// SPDX-License-Identifier: Apache-2.0
#include "pages.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace example_serving {
namespace {

struct Cut {
  std::string text;
  std::int64_t begin;
  std::int64_t end;
  bool operator==(const Cut&) const = default;
};

std::vector<Cut> PagesOf(std::string_view text) {
  std::vector<Cut> pages;
  PageCutter cutter(text);
  while (auto page = cutter.Next()) pages.push_back({page->text, page->begin, page->end});
  return pages;
}

TEST(PageCutter, CutsAtFormFeedsAndCountsCharacters) {
  struct {
    const char* text;
    std::vector<Cut> pages;
  } const cases[] = {
      {"", {}},
      {"\f", {}},
      {" \f\n\f ", {}},
      {"one", {{"one", 0, 3}}},
      {"one\f", {{"one", 0, 3}}},
      {"\fone", {{"one", 1, 4}}},
      {"grün\fжук\f\f日本", {{"grün", 0, 4}, {"жук", 5, 8}, {"日本", 10, 12}}},
  };
  for (const auto& [text, pages] : cases) EXPECT_EQ(PagesOf(text), pages) << text;
}

}  // namespace
}  // namespace example_serving
