// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan.hpp"

#include <gtest/gtest.h>

#include "checks/usage_error.hpp"

namespace tenon::sagemaker_tool {
namespace {

TEST(MemberSetting, IsPlacePathAndJson) {
  const MemberSetting setting = ParseMemberSetting("config.ProductionVariants.0.VolumeSizeInGB=9");
  EXPECT_EQ(setting.of, MemberOf::kConfig);
  EXPECT_EQ(setting.path, "ProductionVariants.0.VolumeSizeInGB");
  EXPECT_EQ(setting.json, "9");
  for (const char* text :
       {"", "x", "model.=1", "EnableNetworkIsolation=true", "model.NoSuch=1", "config.KmsKeyId=key",
        "model.KmsKeyId=\"config has it\"", "model.VpcConfig={", "config.KmsKeyId"}) {
    EXPECT_THROW(ParseMemberSetting(text), UsageError) << text;
  }
}

TEST(JsonObject, TakesPathsIntoObjectsAndLists) {
  JsonObject object;
  object.SetList("list", {JsonObject().SetNumber("a", 1)}).SetText("text", "x");
  EXPECT_TRUE(object.SetPath("list.0.b", {"2"}));
  EXPECT_TRUE(object.SetPath("new.deep", {"true"}));
  EXPECT_TRUE(object.SetPath("text", {"null"}));
  EXPECT_EQ(object.Text(), R"({"list":[{"a":1,"b":2}],"new":{"deep":true},"text":null})");
  for (const char* path : {"list.1", "list.x", "list.-1", "list.", "new.deep.er", ""}) {
    EXPECT_FALSE(object.SetPath(path, {"1"})) << path;
  }
}

TEST(JsonObject, MasksWhatSoundsSecret) {
  EXPECT_EQ(WithoutSecrets(R"({"A_KEY":"kept","C":[{"Environment":{"API_KEY":"s","N":"1"}}]})"),
            R"({"A_KEY":"kept","C":[{"Environment":{"API_KEY":"***","N":"1"}}]})");
}

TEST(Plan, ALaterSettingWins) {
  DeployChoice choice;
  choice.endpoint = "e";
  choice.containers.resize(1);
  choice.settings = {ParseMemberSetting("model.EnableNetworkIsolation=true"),
                     ParseMemberSetting("model.EnableNetworkIsolation=false")};
  EXPECT_NE(ModelBody(choice, "m", "role", "").Text().find("\"EnableNetworkIsolation\":false"),
            std::string::npos);
  choice.settings = {ParseMemberSetting("model.Containers.0.Image=1")};
  EXPECT_NO_THROW(ModelBody(choice, "m", "role", ""));
  choice.settings = {ParseMemberSetting("config.ProductionVariants.1.X=1")};
  EXPECT_THROW(ConfigBody(choice, "c", "m", "v"), UsageError);
}

}  // namespace
}  // namespace tenon::sagemaker_tool
