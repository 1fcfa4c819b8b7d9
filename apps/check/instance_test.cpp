// SPDX-License-Identifier: Apache-2.0
#include "instance.hpp"

#include <gtest/gtest.h>

#include "report.hpp"

namespace tenon::check {
namespace {

using Strings = std::vector<std::string>;

TEST(Launches, OfACommandEndWithServe) {
  Options options;
  options.command = {"python", "server.py"};
  EXPECT_EQ(PlanLaunch(options, {}, "").words, (Strings{"python", "server.py", "serve"}));
  EXPECT_TRUE(PlanLaunch(options, {}, "").environment.empty());
  options.command = {"tenon", "serve"};
  EXPECT_EQ(PlanLaunch(options, {}, "").words, options.command);
  options.command = {"python", "server.py"};
  options.as_is = true;
  EXPECT_EQ(PlanLaunch(options, {}, "").words, options.command);
  EXPECT_TRUE(PlanLaunch(options, {}, "").farewell.empty());
}

TEST(Launches, TellAnotherPortByThePlatformsVariable) {
  Options options;
  options.command = {"server"};
  options.port = 9000;
  const std::pair<std::string, std::string> told = {"SAGEMAKER_BIND_TO_PORT", "9000"};
  EXPECT_EQ(PlanLaunch(options, {}, "").environment, std::vector{told});
  Variation variation;
  variation.port = 8080;
  EXPECT_TRUE(PlanLaunch(options, variation, "").environment.empty());
}

TEST(Launches, OfAnImageGoThroughDocker) {
  Options options;
  options.image = "repository/image:tag";
  EXPECT_EQ(PlanLaunch(options, {}, "name").words,
            (Strings{"docker", "run", "--rm", "--name", "name", "-p", "127.0.0.1:8080:8080",
                     "repository/image:tag", "serve"}));
  options.model_directory = "/data/model";
  const Variation variation{.port = 9000, .environment = {{"A", "b c"}}, .user = 7};
  const Launch launch = PlanLaunch(options, variation, "name");
  EXPECT_EQ(launch.words, (Strings{"docker", "run", "--rm", "--name", "name", "-p",
                                   "127.0.0.1:9000:9000", "-e", "SAGEMAKER_BIND_TO_PORT=9000", "-e",
                                   "A=b c", "-v", "/data/model:/opt/ml/model:ro", "--user", "7:7",
                                   "repository/image:tag", "serve"}));
  EXPECT_FALSE(launch.user);  // Docker's client stays who it is.
  EXPECT_EQ(launch.farewell, (Strings{"docker", "rm", "-f", "name"}));
  options.engine = "podman";
  EXPECT_EQ(PlanLaunch(options, {}, "name").words.front(), "podman");
  EXPECT_EQ(PlanLaunch(options, {}, "name").farewell.front(), "podman");
}

TEST(LastLines, AreThoseAtTheEnd) {
  EXPECT_EQ(LastLines("", 3), "nothing");
  EXPECT_EQ(LastLines("a\nb\nc\n", 2), "b\nc\n");
  EXPECT_EQ(LastLines("a\nb", 5), "a\nb");
}

TEST(Addresses, AreHostAndPort) {
  EXPECT_EQ(ParseUrl("http://127.0.0.1:8080/")->Text(), "127.0.0.1:8080");
  EXPECT_EQ(ParseUrl("http://host")->port, 80);
  for (const char* wrong : {"https://h:1", "http://", "http://h:", "http://h:0", "http://h:70000",
                            "http://h:1/path", "http://u@h:1", "h:1"}) {
    EXPECT_FALSE(ParseUrl(wrong)) << wrong;
  }
}

TEST(Verdicts, OnlyFailForAMust) {
  const Outcome fault = Outcome::Fault("x");
  EXPECT_EQ(VerdictOf(Level::must, fault), Verdict::fail);
  EXPECT_EQ(VerdictOf(Level::should, fault), Verdict::warn);
  EXPECT_EQ(VerdictOf(Level::may, fault), Verdict::warn);
  EXPECT_EQ(VerdictOf(Level::must, Outcome::Skipped("y")), Verdict::skipped);
  EXPECT_EQ(VerdictOf(Level::may, Outcome::Holds()), Verdict::pass);
}

TEST(Reports, AreEscapedForXml) {
  Report report{.tenon = "0", .subject = "a<b", .cases = {}};
  report.Add({.id = "x",
              .title = "t",
              .level = Level::must,
              .verdict = Verdict::fail,
              .detail = "<&\"\x01>",
              .why = "w",
              .source = "s",
              .section = "1"});
  const std::string text = ToJunit(report);
  EXPECT_NE(text.find("tests=\"1\" failures=\"1\""), std::string::npos);
  EXPECT_NE(text.find("&lt;&amp;&quot;?&gt;"), std::string::npos);
}

}  // namespace
}  // namespace tenon::check
