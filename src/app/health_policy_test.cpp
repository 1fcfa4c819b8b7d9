// SPDX-License-Identifier: Apache-2.0
#include "app/health_policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tenon::app {
namespace {

// h: healthy, f: failed, r: still running; what comes out: U(nready), R(eady), '.' nothing.
std::string Changes(std::string_view outcomes) {
  HealthPolicy policy;
  std::string changes;
  for (const char outcome : outcomes) {
    switch (policy.Observe(outcome == 'h'   ? CheckOutcome::kHealthy
                           : outcome == 'f' ? CheckOutcome::kFailed
                                            : CheckOutcome::kRunning)) {
      case HealthChange::kNone: changes += '.'; break;
      case HealthChange::kUnready: changes += 'U'; break;
      case HealthChange::kReady: changes += 'R'; break;
    }
  }
  return changes;
}

TEST(HealthPolicy, BecomesUnreadyAtTheThirdFailureInARowAndReadyAtTheNextSuccess) {
  EXPECT_EQ(Changes("hhhh"), "....");
  EXPECT_EQ(Changes("ffhffhff"), "........");
  EXPECT_EQ(Changes("fff"), "..U");
  EXPECT_EQ(Changes("ffffff"), "..U...");
  EXPECT_EQ(Changes("fffhh"), "..UR.");
  EXPECT_EQ(Changes("fffhfff"), "..UR..U");
}

TEST(HealthPolicy, CountsACheckThatHangsAsFailed) {
  EXPECT_EQ(Changes("rrr"), "..U");
  EXPECT_EQ(Changes("frf"), "..U");
  EXPECT_EQ(Changes("rrrh"), "..UR");
}

}  // namespace
}  // namespace tenon::app
