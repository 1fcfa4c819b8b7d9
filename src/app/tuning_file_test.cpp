// SPDX-License-Identifier: Apache-2.0
#include "app/tuning_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tenon/schema/reflect.hpp"
#include "tenon/serving/bound_deployment.hpp"
#include "tenon/testing/captured_log.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;
using Curves = std::vector<std::vector<serving::BatchCostPoint>>;

struct Empty {
  int nothing = 0;
};

// Has learned what a test says, and keeps what it is given.
class FakeDeployment final : public serving::BoundDeployment {
 public:
  explicit FakeDeployment(std::string name, Curves learned = {})
      : BoundDeployment({.name = std::move(name)}, {}), learned_(std::move(learned)) {}
  const schema::Type& RequestType() const override { return schema::TypeOf<Empty>(); }
  const schema::Type& ResponseType() const override { return schema::TypeOf<Empty>(); }
  Result<> Materialize(const serving::ReplicaServices&) override { return {}; }
  void Connect(serving::RemoteCaller&) override {}
  Task<Unit> CallUntyped(serving::UntypedCall&) override { co_return Unit{}; }
  void Dismantle() noexcept override {}
  Result<> CheckHealth() override { return {}; }
  serving::DeploymentStatus Read() const override {
    serving::DeploymentStatus status;
    for (const auto& curve : learned_) status.batching.emplace_back().curve = curve;
    return status;
  }
  void RestoreBatching(std::span<const std::vector<serving::BatchCostPoint>> curves) override {
    restored.assign(curves.begin(), curves.end());
  }

  Curves restored;

 private:
  Curves learned_;
};

const Curves kCurves{{{.size = 1, .samples = 9, .item_cost_ns = 1000.5},
                      {.size = 8, .samples = 40, .item_cost_ns = 300}},
                     {{.size = 1, .samples = 3, .item_cost_ns = 70}}};

class TuningFileTest : public ::testing::Test {
 protected:
  TuningFileTest()
      : folder_(fs::temp_directory_path() /
                ("tenon_tuning_" + std::to_string(getpid()) + "_" +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
    file_ = folder_ / "tuning.json";
  }
  ~TuningFileTest() override { fs::remove_all(folder_); }

  void Save(const std::string& machine = "here", const std::string& model = "m1") {
    FakeDeployment deployment("a", kCurves);
    SaveTuning(file_, machine, std::vector<TunedDeployment>{{"app", model, &deployment}},
               log_.Log());
  }
  Curves Restore(const std::string& machine = "here", const std::string& model = "m1",
                 const std::string& application = "app") {
    FakeDeployment deployment("a");
    RestoreTuning(file_, machine, std::vector<TunedDeployment>{{application, model, &deployment}},
                  log_.Log());
    return deployment.restored;
  }
  std::string Text() const {
    std::ifstream stream(file_);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  void Write(const std::string& text) { std::ofstream(file_) << text; }

  fs::path folder_;
  fs::path file_;
  testing::CapturedLog log_;
};

TEST_F(TuningFileTest, RemembersCurves) {
  Save();
  EXPECT_EQ(Restore(), kCurves);
  EXPECT_EQ(log_.Text(), "");
}

TEST_F(TuningFileTest, SaysNothingWhereThereIsNoFileYet) {
  EXPECT_EQ(Restore(), Curves());
  EXPECT_EQ(log_.Text(), "");
}

TEST_F(TuningFileTest, LearnsAnewOnAnotherMachineAndForAnotherModel) {
  Save();
  EXPECT_EQ(Restore("elsewhere"), Curves());
  EXPECT_NE(log_.Text().find("elsewhere"), std::string::npos);
  EXPECT_EQ(Restore("here", "m2"), Curves());
  EXPECT_NE(log_.Text().find("has changed since"), std::string::npos);
  EXPECT_EQ(Restore("here", "m1", "another"), Curves());
}

TEST_F(TuningFileTest, WarnsOfAFileThatIsNone) {
  Save();
  const std::string good = Text();
  const std::vector<std::string> broken{"",
                                        "{",
                                        "[]",
                                        "{}",
                                        "null",
                                        good.substr(0, good.size() / 2),
                                        R"({"format":2,"machine":"here","deployments":[]})",
                                        R"({"format":1,"machine":"here","deployments":[{}]})"};
  for (const std::string& text : broken) {
    Write(text);
    testing::CapturedLog log;
    FakeDeployment deployment("a");
    RestoreTuning(file_, "here", std::vector<TunedDeployment>{{"app", "m1", &deployment}},
                  log.Log());
    EXPECT_EQ(deployment.restored, Curves()) << text;
    EXPECT_NE(log.Text().find("learns anew"), std::string::npos) << text;
  }
}

TEST_F(TuningFileTest, LeavesOutCostsThatCannotBe) {
  Write(R"({"format":1,"machine":"here","deployments":[{"application":"app","deployment":"a",)"
        R"("model":"m1","curves":[{"points":[{"size":1,"samples":5,"item_cost_ns":-1},)"
        R"({"size":2,"samples":5,"item_cost_ns":10}]}]}]})");
  EXPECT_EQ(Restore(), (Curves{{{.size = 2, .samples = 5, .item_cost_ns = 10}}}));
}

TEST_F(TuningFileTest, KeepsWhatItSaysOfOtherApplications) {
  Save();
  FakeDeployment other("b", {kCurves[1]});
  SaveTuning(file_, "here", std::vector<TunedDeployment>{{"other", "m9", &other}}, log_.Log());
  EXPECT_EQ(Restore(), kCurves);
}

TEST_F(TuningFileTest, KeepsAFileWhenNothingWasLearned) {
  Save();
  const std::string before = Text();
  FakeDeployment idle("a", {{}});
  SaveTuning(file_, "here", std::vector<TunedDeployment>{{"app", "m1", &idle}}, log_.Log());
  EXPECT_EQ(Text(), before);
}

TEST_F(TuningFileTest, WarnsWhereItCannotWrite) {
  file_ = folder_ / "missing" / "tuning.json";
  Save();
  EXPECT_NE(log_.Text().find("cannot be written"), std::string::npos);
}

TEST_F(TuningFileTest, TellsModelsApartByTheirFiles) {
  Write("one");
  const std::string one = ModelFingerprint(file_);
  const std::string folder = ModelFingerprint(folder_);
  EXPECT_EQ(ModelFingerprint(file_), one);
  Write("another");
  EXPECT_NE(ModelFingerprint(file_), one);
  EXPECT_NE(ModelFingerprint(folder_), folder);
  EXPECT_NE(MachineFingerprint(1), MachineFingerprint(2));
}

}  // namespace
}  // namespace tenon::app
