// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "aws/credentials/sources.hpp"
#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

Settings With(std::map<std::string, std::string> variables) {
  Settings settings;
  settings.environment = [variables](const char* name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional(it->second);
  };
  return settings;
}

TEST(ContainerCredentials, AreAskedAtTheAddressOfTheVariables) {
  EXPECT_EQ(ContainerCredentialsUrl(With({})), std::nullopt);
  EXPECT_EQ(ContainerCredentialsUrl(With({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}})),
            "http://169.254.170.2/v2/x");
  for (const char* url : {"https://anywhere.example/x", "http://127.0.0.1:8/x", "http://[::1]/x",
                          "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1",
                          "http://localhost:80/"}) {
    EXPECT_EQ(ContainerCredentialsUrl(With({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}})), url);
  }
}

TEST(ContainerCredentials, ShowNoTokenToOthersWithoutTls) {
  for (const char* url : {"http://example.com/", "http://169.254.170.2.example.com/",
                          "http://10.0.0.1/", "not a url"}) {
    EXPECT_THROW(ContainerCredentialsUrl(With({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}})),
                 Failure)
        << url;
  }
}

TEST(EnvironmentCredentials, NeedBothKeys) {
  EXPECT_FALSE(FromEnvironment(With({})).has_value());
  EXPECT_THROW(FromEnvironment(With({{"AWS_ACCESS_KEY_ID", "A"}})), Failure);
  const auto found = FromEnvironment(With(
      {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}}));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->session_token.Reveal(), "t");
}

}  // namespace
}  // namespace tenon::aws
