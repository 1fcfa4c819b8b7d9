// SPDX-License-Identifier: Apache-2.0
#include "app/file_watch.hpp"

#include <gtest/gtest.h>

namespace tenon::app {
namespace {

FileStamps One(std::uint64_t size) { return {FileStamp{.inode = 1, .size = size}}; }

TEST(FileWatch, ReportsAChangeOnceItIsOver) {
  FileWatch watch(One(1));
  EXPECT_FALSE(watch.Observe(One(1)));
  EXPECT_FALSE(watch.Observe(One(2)));
  EXPECT_FALSE(watch.Observe(One(3)));  // Still being written.
  EXPECT_TRUE(watch.Observe(One(3)));
  EXPECT_FALSE(watch.Observe(One(3)));
}

TEST(FileWatch, WaitsForAFileThatIsBeingReplaced) {
  FileWatch watch(One(1));
  EXPECT_FALSE(watch.Observe({std::nullopt}));
  EXPECT_FALSE(watch.Observe({std::nullopt}));
  EXPECT_FALSE(watch.Observe(One(2)));
  EXPECT_TRUE(watch.Observe(One(2)));
}

TEST(FileWatch, ForgetsAChangeThatWasTakenBack) {
  FileWatch watch(One(1));
  EXPECT_FALSE(watch.Observe(One(2)));
  EXPECT_FALSE(watch.Observe(One(1)));
  EXPECT_FALSE(watch.Observe(One(1)));
}

TEST(StampsOf, HasNothingOfAFileThatIsNotThere) {
  const FileStamps stamps = StampsOf({"/proc/self/exe", "/nowhere/at/all"});
  ASSERT_EQ(stamps.size(), 2U);
  EXPECT_TRUE(stamps[0]);
  EXPECT_FALSE(stamps[1]);
}

}  // namespace
}  // namespace tenon::app
