// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/entry_policy.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace tenon::runtime::archive {
namespace {

using Names = std::vector<std::string>;

TEST(EntryPath, TakesRelativePathsApart) {
  const std::vector<std::pair<std::string, Names>> cases = {
      {"model.onnx", {"model.onnx"}},
      {"./model.onnx", {"model.onnx"}},
      {"a/b//c/", {"a", "b", "c"}},
      {"./", {}},
      {".", {}},
      {"", {}},
      {"...", {"..."}},
      {"..a/b..", {"..a", "b.."}},
      {"a\\b", {"a\\b"}},
      {std::string(255, 'x'), {std::string(255, 'x')}},
  };
  for (const auto& [path, names] : cases) {
    const auto found = EntryPath(path);
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(*found, names) << path;
  }
}

TEST(EntryPath, RefusesWhatLeadsOut) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/etc/passwd", "absolute"},
      {"//x", "absolute"},
      {"..", "'..'"},
      {"a/../../b", "'..'"},
      {"a/..", "'..'"},
      {"./../x", "'..'"},
      {std::string(256, 'x'), "255"},
      {std::string(1025, 'x'), "1024"},
  };
  for (const auto& [path, said] : cases) {
    const auto found = EntryPath(path);
    ASSERT_FALSE(found) << path;
    EXPECT_NE(found.Error().Detail().find(said), std::string::npos) << found.Error().Detail();
  }
}

TEST(CheckSymbolicLink, LetsLinksStayInside) {
  struct Case {
    Names place;
    std::string target;
    bool fits;
  };
  const std::vector<Case> cases = {
      {{"l"}, "model.onnx", true},
      {{"l"}, "a/b", true},
      {{"l"}, "./a/./b", true},
      {{"d", "l"}, "../model.onnx", true},
      {{"d", "e", "l"}, "../../x", true},
      {{"d", "l"}, "..", true},
      {{"l"}, "..", false},
      {{"l"}, "../x", false},
      {{"d", "l"}, "../../x", false},
      {{"l"}, "/etc/passwd", false},
      {{"l"}, "a/../../x", false},
      {{"d", "l"}, "../a/../x", false},
      {{"l"}, "a/..", false},
      {{"l"}, "", false},
      {{"l"}, "...", true},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(CheckSymbolicLink(test.place, test.target).Ok(), test.fits)
        << test.place.back() << " -> " << test.target;
  }
}

TEST(UnpackMeter, CountsEntriesBytesAndRatio) {
  const UnpackLimits limits{.bytes = 1000, .entries = 2, .ratio = 10, .ratio_from = 100};
  UnpackMeter meter(limits);
  EXPECT_TRUE(meter.AddEntry());
  EXPECT_TRUE(meter.AddEntry());
  EXPECT_FALSE(meter.AddEntry());
  EXPECT_TRUE(meter.CheckClaim(1000));
  EXPECT_TRUE(meter.CheckClaim(-1));
  EXPECT_FALSE(meter.CheckClaim(1001));
  EXPECT_FALSE(meter.CheckClaim(std::numeric_limits<std::int64_t>::max()));

  EXPECT_TRUE(meter.AddBytes(100, 1)) << "little is never a bomb";
  EXPECT_FALSE(meter.CheckClaim(901));
  EXPECT_TRUE(meter.AddBytes(100, 30));
  EXPECT_FALSE(meter.AddBytes(100, 30)) << "300 out of 30";
  EXPECT_TRUE(meter.AddBytes(700, 900));
  EXPECT_FALSE(meter.AddBytes(1, 900));
}

}  // namespace
}  // namespace tenon::runtime::archive
