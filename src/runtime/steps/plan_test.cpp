// SPDX-License-Identifier: Apache-2.0
#include "runtime/steps/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/steps/stepped_model.hpp"
#include "tenon/testing/fake_runtime.hpp"

namespace tenon::runtime::steps {
namespace {

const TensorSpec kScores = {"scores", ElementType::kFloat32, {kDynamic, 3}, {"rows", ""}};
const TensorSpec kColumn = {"p", ElementType::kFloat32, {kDynamic, 1}, {}};
const TensorSpec kPlaces = {"kind", ElementType::kInt64, {kDynamic}, {}};
const TensorSpec kText = {"label", ElementType::kString, {kDynamic}, {}};

Labels Three() {
  return std::make_shared<const std::vector<std::string>>(
      std::vector<std::string>{"cat", "dog", "owl"});
}
Labels Two() {
  return std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"no", "yes"});
}

std::string Written(const Specs& specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    text += (text.empty() ? "" : "; ") + spec.name + ": " + ToString(spec);
  }
  return text;
}

struct Case {
  Specs before;
  std::vector<AnyStep> steps;
  Labels labels;
  std::string after;
};

std::vector<Step> Placed(const std::vector<AnyStep>& steps) {
  std::vector<Step> placed;
  placed.reserve(steps.size());
  for (const AnyStep& step : steps) placed.push_back({.step = step, .place = "tenon.yaml:7"});
  return placed;
}

TEST(StepPlan, SaysWhatComesOut) {
  const std::vector<Case> cases = {
      {{kScores}, {}, nullptr, "scores: float32[rows, 3]"},
      {{kScores}, {SoftmaxStep{}}, nullptr, "scores: float32[rows, 3]"},
      {{kScores}, {SigmoidStep{"scores"}}, nullptr, "scores: float32[rows, 3]"},
      {{kScores}, {ArgMaxStep{}}, nullptr, "index: int64[rows]; score: float32[rows]"},
      {{kScores}, {ArgMaxStep{}}, Three(), "label: string[rows]; score: float32[rows]"},
      {{kScores}, {TopKStep{"", 2}}, nullptr, "indices: int64[rows, 2]; scores: float32[rows, 2]"},
      {{kScores}, {TopKStep{"", 2}}, Three(), "labels: string[rows, 2]; scores: float32[rows, 2]"},
      {{kColumn}, {ThresholdStep{}}, nullptr, "positive: bool[?]; score: float32[?]"},
      {{kColumn}, {ThresholdStep{}}, Two(), "label: string[?]; score: float32[?]"},
      {{kScores}, {ThresholdStep{}}, nullptr, "positive: bool[rows, 3]; score: float32[rows, 3]"},
      {{kPlaces}, {LookUpStep{}}, Three(), "kind: string[?]"},
      {{kPlaces}, {RenameStep{"kind", "k"}}, nullptr, "k: int64[?]"},
      {{kText, kScores, kPlaces},
       {KeepStep{{"scores", "kind"}}, ArgMaxStep{}, LookUpStep{"kind"}},
       Three(),
       "label: string[rows]; score: float32[rows]; kind: string[?]"},
      {{kScores, kPlaces},
       {SoftmaxStep{}, TopKStep{"scores", 1}},
       nullptr,
       "indices: int64[rows, 1]; scores: float32[rows, 1]; kind: int64[?]"},
  };
  for (const Case& test : cases) {
    const auto plan = StepPlan::Make(test.before, Placed(test.steps), test.labels);
    ASSERT_TRUE(plan) << plan.Error().what();
    EXPECT_EQ(Written(plan->After()), test.after);
  }
}

TEST(StepPlan, RefusesWhatDoesNotFitAndSaysWhere) {
  const std::vector<Case> cases = {
      {{kScores},
       {SoftmaxStep{"score"}},
       nullptr,
       "There is no 'score'; there is scores: float32[rows, 3]. Did you mean 'scores'?"},
      {{kText}, {SoftmaxStep{}}, nullptr, "It takes floats; there is label: string[?]"},
      {{kText}, {SoftmaxStep{"label"}}, nullptr, "It takes floats; label is string[?]"},
      {{kScores, kColumn},
       {ArgMaxStep{}},
       nullptr,
       "Say which with 'tensor': scores: float32[rows, 3], p: float32[?, 1]"},
      {{kScores}, {TopKStep{"", 4}}, nullptr, "It wants the largest 4 of 3 values"},
      {{kScores}, {ArgMaxStep{}}, Two(), "There are 2 labels for scores: float32[rows, 3]"},
      {{kPlaces}, {LookUpStep{}}, nullptr, "It needs 'labels'"},
      {{kScores}, {LookUpStep{}}, Three(), "It takes whole numbers"},
      {{kText, kScores}, {ArgMaxStep{}}, Three(), "Two outputs would be called 'label'"},
      {{kColumn}, {ThresholdStep{}}, Three(), "It takes two labels, no and yes; there are 3"},
      {{kScores}, {ThresholdStep{}}, Two(), "scores has several scores for each row"},
      {{kScores},
       {NormaliseStep{"", 1, {1, 2}, {1, 1}}},
       nullptr,
       "It has 2 means for dimension 1 of scores: float32[rows, 3]"},
      {{kScores}, {NormaliseStep{"", 2, {1, 2}, {1, 1}}}, nullptr, "dimension 2"},
      {{kScores}, {KeepStep{{"nothing"}}}, nullptr, "There is no 'nothing'"},
      {{kScores}, {KeepStep{{"scores", "scores"}}}, nullptr, "Two outputs"},
  };
  for (const Case& test : cases) {
    const auto plan = StepPlan::Make(test.before, Placed(test.steps), test.labels);
    ASSERT_FALSE(plan) << test.after;
    const std::string said = plan.Error().Detail();
    const std::string begins =
        "tenon.yaml:7: The step '" + std::string(NameOf(test.steps.front())) + "' does not fit. ";
    EXPECT_TRUE(said.starts_with(begins)) << said;
    EXPECT_NE(said.find(test.after), std::string::npos) << said << "\nwanted " << test.after;
  }
}

AnyTensor Floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  auto tensor = Tensor<float>::Create(std::move(shape));
  std::copy(values.begin(), values.end(), tensor.begin());
  return std::move(tensor).Any();
}

TEST(StepPlan, RunsItsStepsInOrder) {
  const auto plan = StepPlan::Make(
      {kText, kScores}, Placed({KeepStep{{"scores"}}, SoftmaxStep{}, TopKStep{"", 2}}), Three());
  ASSERT_TRUE(plan);
  const auto outputs =
      plan->Run({AnyTensor::Create(ElementType::kString, {1}), Floats({1, 3}, {0, 100, 0})});
  ASSERT_TRUE(outputs);
  ASSERT_EQ(outputs->size(), 2U);
  EXPECT_EQ((*outputs)[0].Strings()[0], "dog");
  EXPECT_EQ((*outputs)[0].Strings()[1], "cat");
  EXPECT_EQ((*outputs)[1].Elements<float>()[0], 1.0F);
}

TEST(StepPlan, AThresholdTakesAColumnAsOneScoreARow) {
  const auto plan = StepPlan::Make({kColumn}, Placed({ThresholdStep{.at = 0.25}}), Two());
  const auto outputs = plan->Run({Floats({2, 1}, {0.2F, 0.25F})});
  ASSERT_TRUE(outputs);
  EXPECT_EQ((*outputs)[0].Strings()[0], "no");
  EXPECT_EQ((*outputs)[0].Strings()[1], "yes");
  EXPECT_EQ((*outputs)[1].Shape(), (std::vector<std::int64_t>{2}));
}

TEST(StepPlan, AModelThatGivesOtherwiseThanItSaidIsAnErrorOfTheRun) {
  const TensorSpec open = {"scores", ElementType::kFloat32, {}, {}};
  const auto plan = StepPlan::Make({open}, Placed({ArgMaxStep{}}), Two());
  ASSERT_TRUE(plan) << plan.Error().what();
  EXPECT_TRUE(plan->Run({Floats({1, 2}, {1, 2})}));
  for (const AnyTensor& wrong : {Floats({}, {1}), Floats({1, 0}, {}), Floats({1, 3}, {1, 2, 3})}) {
    const auto outputs = plan->Run({wrong});
    ASSERT_FALSE(outputs);
    EXPECT_EQ(outputs.Error().Code(), ErrorCode::kInternal);
  }
}

class SteppedModelTest : public ::testing::Test {
 protected:
  // y = x.
  SteppedModelTest()
      : runtime_("fake", {.inputs = {{"x", ElementType::kFloat32, {kDynamic, 2}, {}}},
                          .outputs = {{"y", ElementType::kFloat32, {kDynamic, 2}, {}}}}),
        model_(runtime_.Load("fake", {}).Value()) {}

  testing::FakeRuntime runtime_;
  std::shared_ptr<const LoadedModel> model_;
};

TEST_F(SteppedModelTest, IsTheModelItselfWithoutSteps) {
  EXPECT_EQ(WithSteps(model_, {}).Value(), model_);
}

TEST_F(SteppedModelTest, RunsWhatStandsBeforeAndAfterTheModel) {
  const auto stepped = WithSteps(model_, {.before = Placed({ScaleStep{"", 10, 1}}),
                                          .after = Placed({ArgMaxStep{}}),
                                          .labels = Two()})
                           .Value();
  EXPECT_EQ(Written({stepped->Outputs().begin(), stepped->Outputs().end()}),
            "label: string[?]; score: float32[?]");
  EXPECT_EQ(stepped->Inputs()[0].name, "x");
  const std::vector<AnyTensor> inputs = {Floats({1, 2}, {1, 2})};
  const auto outputs = stepped->Run(inputs, {});
  ASSERT_TRUE(outputs);
  EXPECT_EQ((*outputs)[0].Strings()[0], "yes");
  EXPECT_EQ((*outputs)[1].Elements<float>()[0], 21.0F);
  EXPECT_EQ(inputs[0].Elements<float>()[0], 1.0F) << "the request is not touched";
}

TEST_F(SteppedModelTest, InputsThatDoNotFitAreTheRequestsFault) {
  const auto stepped =
      WithSteps(model_, {.before = Placed({NormaliseStep{"", 1, {1, 2}, {1, 1}}})}).Value();
  for (const AnyTensor& wrong : {Floats({2}, {1, 2}), Floats({1, 3}, {1, 2, 3})}) {
    const auto outputs = stepped->Run(std::vector{wrong}, {});
    ASSERT_FALSE(outputs);
    EXPECT_EQ(outputs.Error().Code(), ErrorCode::kInvalid);
  }
  EXPECT_FALSE(stepped->Run({}, {}));
}

}  // namespace
}  // namespace tenon::runtime::steps
