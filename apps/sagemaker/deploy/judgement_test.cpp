// SPDX-License-Identifier: Apache-2.0
#include "deploy/judgement.hpp"

#include <gtest/gtest.h>

#include "deploy/console_links.hpp"
#include "deploy/owned_names.hpp"

namespace tenon::sagemaker_tool {
namespace {

TEST(Judgement, SeesRollbacksAndNothingElseAsOne) {
  const struct {
    EndpointState state;
    Expectation expectation;
    Verdict verdict;
  } cases[] = {
      {{"Creating", "new", ""}, {"new"}, Verdict::kWait},
      {{"InService", "new", ""}, {"new"}, Verdict::kAlive},
      {{"InService", "new", "of an older failure"}, {"new"}, Verdict::kAlive},
      {{"Failed", "new", "why"}, {"new"}, Verdict::kFailed},
      {{"Updating", "old", ""}, {"new"}, Verdict::kWait},
      {{"RollingBack", "old", "why"}, {"new", "", true}, Verdict::kWait},
      {{"SystemUpdating", "old", ""}, {"new"}, Verdict::kWait},
      {{"InService", "old", "why"}, {"new", "", true}, Verdict::kRolledBack},
      {{"InService", "old", ""}, {"new", "", true}, Verdict::kRolledBack},
      {{"InService", "old", "why"}, {"new", "", false}, Verdict::kRolledBack},
      // The update has not been seen to begin, and the reason is older than it.
      {{"InService", "old", "old why"}, {"new", "old why", false}, Verdict::kWait},
      {{"InService", "old", ""}, {"new", "", false}, Verdict::kWait},
      {{"UpdateRollbackFailed", "old", "why"}, {"new", "", true}, Verdict::kFailed},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Judge(c.state, c.expectation), c.verdict)
        << c.state.status << " " << c.state.config << " " << c.state.failure_reason;
  }
}

TEST(Judgement, KnowsWhatUsuallyCausesAReason) {
  EXPECT_NE(UsualCause("... did not pass the ping health check."), "");
  EXPECT_NE(UsualCause("Unable to provision requested ML compute capacity"), "");
  EXPECT_NE(UsualCause("Failed to download model data for container"), "");
  EXPECT_EQ(UsualCause("something new"), "");
  EXPECT_EQ(UsualCause(""), "");
}

TEST(OwnedNames, FitTheLimitAndAreFoundByTheirPrefix) {
  const aws::WallTime now{std::chrono::seconds(1764035272)};
  EXPECT_EQ(OwnedName("mine", now, 0xABCD1234), "mine-20251125014752-1234");
  const std::string longest(63, 'n');
  EXPECT_LE(OwnedName(longest, now, 0).size(), 63U);
  EXPECT_TRUE(OwnedName(longest, now, 0).starts_with(OwnedPrefix(longest)));
  EXPECT_EQ(OwnedPrefix(std::string(40, 'n') + "-xx"), std::string(40, 'n') + "-");
}

TEST(OwnedTags, MustAllBeThere) {
  const std::vector<Tag> ours = {{"tenon:created-by", "tenon-sagemaker"}, {"tenon:endpoint", "e"}};
  EXPECT_TRUE(IsOwned(ours, "e"));
  EXPECT_FALSE(IsOwned(ours, "other"));
  EXPECT_FALSE(IsOwned({ours[0]}, "e"));
  EXPECT_FALSE(IsOwned({ours[1]}, "e"));
  EXPECT_FALSE(IsOwned({}, "e"));
}

TEST(ConsoleLinks, AreOfThePartition) {
  EXPECT_EQ(
      EndpointLink("cn-north-1", "e"),
      "https://cn-north-1.console.amazonaws.cn/sagemaker/home?region=cn-north-1#/endpoints/e");
  EXPECT_EQ(LogGroupLink("eu-central-1", "/a/b"),
            "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
            "#logsV2:log-groups/log-group/$252Fa$252Fb");
}

TEST(UsualCauseOfLine, ExplainsAnImageForAnotherProcessor) {
  const std::string line = "exec /opt/tenon/bin/tenon: Exec format error";
  EXPECT_NE(UsualCauseOfLine(line).find("linux/amd64"), std::string_view::npos);
  EXPECT_EQ(UsualCauseOfLine("the model is ready"), "");
}

}  // namespace
}  // namespace tenon::sagemaker_tool
