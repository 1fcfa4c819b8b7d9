// SPDX-License-Identifier: Apache-2.0
// Whole servers with several applications are tested in tests/functional/test_config.py.
#include "app/served_applications.hpp"

#include <gtest/gtest.h>

namespace tenon::app {
namespace {

TEST(UnderPrefix, ChangesNothingAtTheRoot) {
  EXPECT_EQ(UnderPrefix("/", "/invocations"), "/invocations");
  EXPECT_EQ(UnderPrefix("/", "/"), "/");
  EXPECT_EQ(UnderPrefix("/a", "/invocations"), "/a/invocations");
  EXPECT_EQ(UnderPrefix("/a", "/"), "/a");
}

TEST(SourcesOf, AreTheCommandLinesOrTheConfigurations) {
  RunOptions options;
  options.target = "m:a";
  options.application_name = "name";
  auto sources = SourcesOf(options);
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].target, "m:a");
  EXPECT_EQ(sources[0].application_name, "name");
  options.applications = {{.name = "x", .route_prefix = "/x", .import_path = "m:x"},
                          {.name = "y", .route_prefix = "/y", .import_path = "m:y"}};
  sources = SourcesOf(options);
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[1].target, "m:y");
  EXPECT_EQ(sources[1].route_prefix, "/y");
}

}  // namespace
}  // namespace tenon::app
