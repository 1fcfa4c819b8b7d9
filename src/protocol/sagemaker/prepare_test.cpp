// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "tenon/protocol/sagemaker/driver.hpp"

namespace tenon::sagemaker {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kNow = TimePoint() + std::chrono::hours(1);

void PrepareFrom(const std::vector<Header>& headers, RequestContext& context) {
  context.SetHeaders(headers);
  http::Request request;
  request.headers = headers;
  request.context = &context;
  detail::Prepare(request, kNow, context);
}

TEST(SageMakerHeaders, ReachTheContext) {
  const std::vector<Header> headers{{"host", "model.aws.local:8080"},
                                    {"X-Amzn-SageMaker-Custom-Attributes", "trace=7; k = v "},
                                    {"x-amzn-sagemaker-inference-id", "abc-123"},
                                    {"X-Amzn-Sagemaker-Session-Id", "s1"}};
  RequestContext context;
  context.MakeId(1, 2);
  PrepareFrom(headers, context);
  EXPECT_EQ(context.CustomAttributes(), "trace=7; k = v ");
  EXPECT_EQ(context.CustomAttribute("TRACE"), "7");
  EXPECT_EQ(context.CustomAttribute("k"), "v");
  EXPECT_EQ(context.CustomAttribute("missing"), std::nullopt);
  EXPECT_EQ(context.Id(), "abc-123");
  EXPECT_EQ(context.SessionId(), "s1");
  EXPECT_EQ(context.Header("HOST"), "model.aws.local:8080");
  EXPECT_TRUE(context.Deadline().IsNever());
}

TEST(SageMakerHeaders, KeepTheMadeIdWhenTheClientsIsUnusable) {
  for (const std::string_view id :
       {std::string_view(""), std::string_view("with space"), std::string_view("a\x01z"),
        std::string_view("0123456789012345678901234567890123456789012345678901234567890123456")}) {
    const std::vector<Header> headers{{"X-Amzn-SageMaker-Inference-Id", id}};
    RequestContext context;
    context.MakeId(0xabcdef, 1);
    PrepareFrom(headers, context);
    EXPECT_EQ(context.Id(), "0000000000abcdef0000000000000001") << id;
  }
}

TEST(SageMakerHeaders, SetTheDeadlineFromHeaderOrAttribute) {
  struct Case {
    std::vector<Header> headers;
    std::optional<milliseconds> budget;
  };
  const std::string_view attributes = "X-Amzn-SageMaker-Custom-Attributes";
  const std::vector<Case> cases{
      {{}, std::nullopt},
      {{{"X-Tenon-Timeout-Ms", "200"}}, milliseconds(200)},
      {{{"x-tenon-timeout-ms", "0"}}, milliseconds(0)},
      {{{attributes, "tenon-timeout-ms=150;tenon-priority=1"}}, milliseconds(150)},
      // What stands in the header is nearer to the caller than what stands in the attributes.
      {{{attributes, "tenon-timeout-ms=150"}, {"X-Tenon-Timeout-Ms", "300"}}, milliseconds(300)},
      {{{"X-Tenon-Timeout-Ms", "soon"}}, std::nullopt},
      {{{"X-Tenon-Timeout-Ms", "-1"}}, std::nullopt},
      {{{"X-Tenon-Timeout-Ms", "200x"}}, std::nullopt},
      {{{"X-Tenon-Timeout-Ms", ""}}, std::nullopt},
      {{{"X-Tenon-Timeout-Ms", "99999999999999999999"}}, std::nullopt},
      {{{"X-Tenon-Timeout-Ms", "9223372036854775807"}}, milliseconds(86'400'000)},
      // Ray Serve's name for it, in seconds; ours wins.
      {{{"x-request-timeout-seconds", "1.5"}}, milliseconds(1500)},
      {{{"x-request-timeout-seconds", "2"}, {"X-Tenon-Timeout-Ms", "300"}}, milliseconds(300)},
      {{{"x-request-timeout-seconds", "2"}, {attributes, "tenon-timeout-ms=9"}}, milliseconds(9)},
      {{{"x-request-timeout-seconds", "1e300"}}, milliseconds(86'400'000)},
      {{{"x-request-timeout-seconds", "nan"}}, std::nullopt},
      {{{"x-request-timeout-seconds", "-1"}}, std::nullopt},
      {{{"x-request-timeout-seconds", "1s"}}, std::nullopt},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    RequestContext context;
    PrepareFrom(cases[i].headers, context);
    const Deadline expected =
        cases[i].budget ? Deadline::After(kNow, *cases[i].budget) : Deadline::Never();
    EXPECT_EQ(context.Deadline(), expected) << "case " << i;
  }
}

TEST(SageMakerHeaders, SetThePriorityFromHeaderOrAttribute) {
  struct Case {
    std::vector<Header> headers;
    int priority;
  };
  const std::string_view attributes = "X-Amzn-SageMaker-Custom-Attributes";
  const std::vector<Case> cases{
      {{}, 3},
      {{{"X-Tenon-Priority", "0"}}, 0},
      {{{"x-tenon-priority", "7"}}, 7},
      {{{attributes, "a=b; tenon-priority=1"}}, 1},
      {{{attributes, "tenon-priority=1"}, {"X-Tenon-Priority", "5"}}, 5},
      {{{"X-Tenon-Priority", "8"}}, 3},
      {{{"X-Tenon-Priority", "-1"}}, 3},
      {{{"X-Tenon-Priority", "high"}}, 3},
      {{{"X-Tenon-Priority", ""}}, 3},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    RequestContext context;
    PrepareFrom(cases[i].headers, context);
    EXPECT_EQ(context.Priority(), cases[i].priority) << "case " << i;
  }
}

TEST(SageMakerHeaders, NeverProlongTheServersDeadline) {
  RequestContext context;
  context.SetDeadline(Deadline::After(kNow, milliseconds(100)));
  PrepareFrom({{"X-Tenon-Timeout-Ms", "5000"}}, context);
  EXPECT_EQ(context.Deadline(), Deadline::After(kNow, milliseconds(100)));
}

}  // namespace
}  // namespace tenon::sagemaker
