// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/nearest_name.hpp"

#include <gtest/gtest.h>

namespace tenon {
namespace {

TEST(NearestName, CountsSwapsAsOneMistake) {
  EXPECT_EQ(EditDistance("port", "prot"), 1U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("same", "same"), 0U);
}

TEST(NearestName, SuggestsOnlyWhatIsClose) {
  const std::vector<std::string> names = {"run", "schema", "version", "help"};
  EXPECT_EQ(DidYouMean("shcema", names), " Did you mean 'schema'?");
  EXPECT_EQ(DidYouMean("rnu", names), " Did you mean 'run'?");
  EXPECT_EQ(DidYouMean("ver", names), " Did you mean 'version'?");
  EXPECT_EQ(DidYouMean("x", names), "");
  EXPECT_EQ(DidYouMean("serve", names), "");
  EXPECT_EQ(DidYouMean("", names), "");
}

TEST(NearestName, PutsTheNearestFirst) {
  const std::vector<std::string> names = {"handles", "handle", "other"};
  EXPECT_EQ(NearestNames("hande", names), (std::vector<std::string>{"handle", "handles"}));
  EXPECT_EQ(NearestNames("hande", names, 1), (std::vector<std::string>{"handle"}));
}

}  // namespace
}  // namespace tenon
