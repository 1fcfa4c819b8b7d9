// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/artifact_deployment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tenon/testing/fake_runtime.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::runtime {
namespace {

using Shape = std::vector<std::int64_t>;

// y = 2 x for each row; a batch with a negative number is refused whole.
Result<std::vector<AnyTensor>> Twice(std::span<const AnyTensor> inputs) {
  const auto x = inputs[0].Elements<float>();
  if (std::ranges::any_of(x, [](float value) { return value < 0; })) {
    return Error(ErrorCode::kInvalid, "negative");
  }
  auto y = Tensor<float>::Create(inputs[0].Shape());
  std::ranges::transform(x, y.begin(), [](float value) { return 2 * value; });
  return std::vector<AnyTensor>{y};
}

class ArtifactDeploymentTest : public ::testing::Test {
 protected:
  // `first` is the leading dimension that the model declares.
  explicit ArtifactDeploymentTest(std::int64_t first = kDynamic)
      : runtime_("fake", {.inputs = {{"x", ElementType::kFloat32, {first, kDynamic}, {}}},
                          .outputs = {{"y", ElementType::kFloat32, {first, kDynamic}, {}}},
                          .run = &Twice}),
        model_(std::shared_ptr<const LoadedModel>(runtime_.Load("fake", {}).Value())),
        types_(MakeArtifactTypes(model_).Value()),
        deployment_(model_, types_) {}

  schema::Record Rows(Shape shape, const std::vector<float>& values) const {
    auto x = Tensor<float>::Create(std::move(shape));
    std::ranges::copy(values, x.begin());
    return RecordOf(types_.request, {x});
  }
  static std::vector<float> ValuesOf(const Result<schema::Record>& record) {
    if (!record) return {};
    const std::vector<AnyTensor> tensors = TensorsOf(*record);
    const auto values = tensors[0].Elements<float>();
    return {values.begin(), values.end()};
  }
  int Runs() const { return runtime_.Counts()->runs; }

  const RequestContext context_;
  testing::FakeRuntime runtime_;
  Model model_;
  ArtifactTypes types_;
  ArtifactDeployment deployment_;
};

TEST_F(ArtifactDeploymentTest, AnswersOneRequest) {
  const auto answer = testing::RunTask(deployment_.Infer(Rows({2, 1}, {1, 2}), context_));
  EXPECT_EQ(ValuesOf(answer), (std::vector<float>{2, 4}));
}

TEST_F(ArtifactDeploymentTest, MakesOneRunOfRequestsThatFitTogether) {
  const std::vector<schema::Record> batch = {Rows({1, 2}, {1, 2}), Rows({2, 2}, {3, 4, 5, 6})};
  const auto answers = deployment_.InferBatch(batch);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(ValuesOf(answers[0]), (std::vector<float>{2, 4}));
  EXPECT_EQ(ValuesOf(answers[1]), (std::vector<float>{6, 8, 10, 12}));
  EXPECT_EQ(Runs(), 1);
}

TEST_F(ArtifactDeploymentTest, RunsRequestsOfOtherShapesAlone) {
  const std::vector<schema::Record> batch = {Rows({1, 2}, {1, 2}), Rows({1, 1}, {3})};
  const auto answers = deployment_.InferBatch(batch);
  EXPECT_EQ(ValuesOf(answers[0]), (std::vector<float>{2, 4}));
  EXPECT_EQ(ValuesOf(answers[1]), (std::vector<float>{6}));
  EXPECT_EQ(Runs(), 2);
}

TEST_F(ArtifactDeploymentTest, ARequestThatTheModelRefusesFailsAlone) {
  const std::vector<schema::Record> batch = {Rows({1, 1}, {1}), Rows({1, 1}, {-1}),
                                             Rows({1, 1}, {2})};
  const auto answers = deployment_.InferBatch(batch);
  EXPECT_EQ(ValuesOf(answers[0]), (std::vector<float>{2}));
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].Error().Code(), ErrorCode::kInvalid);
  EXPECT_EQ(ValuesOf(answers[2]), (std::vector<float>{4}));
}

TEST_F(ArtifactDeploymentTest, SplitsARequestWithMoreRowsThanARunTakesAndJoinsItAgain) {
  const ArtifactDeployment small(model_, types_, {.batch = {.max_batch_size = 2}});
  const auto answer = testing::RunTask(small.Infer(Rows({5, 1}, {1, 2, 3, 4, 5}), context_));
  EXPECT_EQ(ValuesOf(answer), (std::vector<float>{2, 4, 6, 8, 10}));
  EXPECT_EQ(Runs(), 3);
  const auto refused = testing::RunTask(small.Infer(Rows({3, 1}, {1, 2, -3}), context_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.Error().Code(), ErrorCode::kInvalid);
}

TEST_F(ArtifactDeploymentTest, RunsWholeWhatIsNoAnswerForEachRow) {
  // One number for all rows, under a declaration that says otherwise.
  testing::FakeRuntime runtime(
      "fake", {.inputs = {{"x", ElementType::kFloat32, {kDynamic, 1}, {}}},
               .outputs = {{"y", ElementType::kFloat32, {kDynamic}, {}}},
               .run = [](std::span<const AnyTensor> inputs) -> Result<std::vector<AnyTensor>> {
                 auto y = Tensor<float>::Create({1});
                 y.begin()[0] = static_cast<float>(inputs[0].Shape()[0]);
                 return std::vector<AnyTensor>{y};
               }});
  const Model model(std::shared_ptr<const LoadedModel>(runtime.Load("fake", {}).Value()));
  const ArtifactDeployment small(model, MakeArtifactTypes(model).Value(),
                                 {.batch = {.max_batch_size = 2}});
  EXPECT_EQ(ValuesOf(testing::RunTask(small.Infer(Rows({5, 1}, {1, 2, 3, 4, 5}), context_))),
            (std::vector<float>{5}));
}

TEST_F(ArtifactDeploymentTest, WarmsUpWithOneRun) {
  deployment_.WarmUp();
  EXPECT_EQ(Runs(), 1);
}

TEST_F(ArtifactDeploymentTest, WarmsUpAsOftenAndAsWideAsItIsTold) {
  std::vector<Shape> shapes;
  testing::FakeRuntime runtime("fake",
                               {.inputs = {{"x", ElementType::kFloat32, {kDynamic, 2}, {}}},
                                .outputs = {{"y", ElementType::kFloat32, {kDynamic, 2}, {}}},
                                .run = [&](std::span<const AnyTensor> inputs) {
                                  shapes.push_back(inputs[0].Shape());
                                  return Twice(inputs);
                                }});
  const Model model(std::shared_ptr<const LoadedModel>(runtime.Load("fake", {}).Value()));
  const ArtifactTypes types = MakeArtifactTypes(model).Value();
  ArtifactDeployment(model, types, {.warm_up_runs = 0}).WarmUp();
  EXPECT_TRUE(shapes.empty());
  ArtifactDeployment(model, types, {.warm_up_runs = 2, .warm_up_rows = 8}).WarmUp();
  EXPECT_EQ(shapes, (std::vector<Shape>{{8, 2}, {8, 2}}));
}

TEST_F(ArtifactDeploymentTest, AnswersAlikeWithoutBatches) {
  const ArtifactDeployment alone(model_, types_, {.batching = Batching::kOff});
  EXPECT_EQ(ValuesOf(testing::RunTask(alone.Infer(Rows({2, 1}, {1, 2}), context_))),
            (std::vector<float>{2, 4}));
}

// A model whose rows cost less than a way to the pool.
class CheapModel final : public LoadedModel {
 public:
  explicit CheapModel(std::shared_ptr<const LoadedModel> model) : model_(std::move(model)) {}
  std::span<const TensorSpec> Inputs() const noexcept override { return model_->Inputs(); }
  std::span<const TensorSpec> Outputs() const noexcept override { return model_->Outputs(); }
  std::string Description() const override { return model_->Description(); }
  std::size_t InlineRows() const noexcept override { return 2; }
  Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                     const RunOptions& options) const override {
    threads.push_back(std::this_thread::get_id());
    stops.push_back(options.stop.StopPossible());
    return model_->Run(inputs, options);
  }
  mutable std::vector<std::thread::id> threads;
  mutable std::vector<bool> stops;

 private:
  const std::shared_ptr<const LoadedModel> model_;
};

TEST_F(ArtifactDeploymentTest, RunsFewCheapRowsWhereTheyAreAskedAndHandsTheStopOn) {
  const auto cheap = std::make_shared<CheapModel>(
      std::shared_ptr<const LoadedModel>(runtime_.Load("fake", {}).Value()));
  const ArtifactDeployment alone(Model(cheap), types_, {.batching = Batching::kOff});
  StopSource stop;
  RequestContext context;
  context.SetStop(stop);
  // RunTask's loop runs on this thread.
  EXPECT_EQ(ValuesOf(testing::RunTask(alone.Infer(Rows({2, 1}, {1, 2}), context))),
            (std::vector<float>{2, 4}));
  EXPECT_EQ(cheap->threads, (std::vector{std::this_thread::get_id()}));
  EXPECT_EQ(ValuesOf(testing::RunTask(alone.Infer(Rows({3, 1}, {1, 2, 3}), context))),
            (std::vector<float>{2, 4, 6}));
  EXPECT_EQ(cheap->stops, (std::vector{true, true}));
}

class FixedDeploymentTest : public ArtifactDeploymentTest {
 protected:
  FixedDeploymentTest() : ArtifactDeploymentTest(1) {}
};

TEST_F(FixedDeploymentTest, AnswersWithoutBatches) {
  EXPECT_EQ(ValuesOf(testing::RunTask(deployment_.Infer(Rows({1, 1}, {3}), context_))),
            (std::vector<float>{6}));
  const auto refused = testing::RunTask(deployment_.Infer(Rows({1, 1}, {-3}), context_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.Error().Code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace tenon::runtime
