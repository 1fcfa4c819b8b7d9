// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/typed_artifact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/test_directory.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/testing/fake_runtime.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::runtime {
namespace {

using Shape = std::vector<std::int64_t>;
constexpr ElementType kFloat = ElementType::kFloat32;

struct Request {
  float age;
  std::vector<float> counts;
  std::array<float, 2> pair;
  Tensor<float> image;
  std::string text;
};
struct Response {
  float age;
  std::vector<float> counts;
  std::array<float, 2> pair;
  Tensor<float> image;
  std::string text;
};

// Gives its inputs back; refuses ages below 0.
Result<std::vector<AnyTensor>> Same(std::span<const AnyTensor> inputs) {
  const auto ages = inputs[0].Elements<float>();
  if (std::ranges::any_of(ages, [](float age) { return age < 0; })) {
    return Error(ErrorCode::kInvalid, "negative");
  }
  return std::vector<AnyTensor>(inputs.begin(), inputs.end());
}

testing::FakeModelScript Script() {
  const std::vector<TensorSpec> specs = {
      {"age", kFloat, {kDynamic, 1}, {}},
      {"counts", kFloat, {kDynamic, kDynamic}, {}},
      {"pair", kFloat, {kDynamic, 2}, {}},
      {"image", kFloat, {kDynamic, 2, 2}, {}},
      {"text", ElementType::kString, {kDynamic}, {}},
  };
  return {.inputs = specs, .outputs = specs, .run = &Same};
}

// An environment in which every .onnx file is the script's model.
class TypedArtifactTest : public ::testing::Test {
 protected:
  void Use(testing::FakeModelScript script) {
    auto fake = std::make_unique<testing::FakeRuntime>("onnx", std::move(script));
    counts_ = fake->Counts();
    environment_.Registry().Add(std::move(fake));
  }
  template <class Res, class Req>
  std::string WhyNot() {
    try {
      const Artifact<Res(Req)> artifact(path_);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  static Request Row(float age, std::size_t counts = 2) {
    auto image = Tensor<float>::Create({2, 2});
    std::ranges::fill(image, age);
    return {age,
            std::vector<float>(counts, age + 1),
            {age + 2, age + 3},
            image,
            "text " + std::to_string(static_cast<int>(age))};
  }
  static void ExpectSame(const Result<Response>& answer, const Request& row) {
    ASSERT_TRUE(answer) << answer.Error().what();
    EXPECT_EQ(answer->age, row.age);
    EXPECT_EQ(answer->counts, row.counts);
    EXPECT_EQ(answer->pair, row.pair);
    EXPECT_EQ(answer->text, row.text);
    EXPECT_EQ(answer->image.Shape(), row.image.Shape());
    EXPECT_TRUE(std::ranges::equal(answer->image, row.image));
  }

  const TestDirectory directory_;
  const std::filesystem::path path_ = directory_.Write("model.onnx", "any");
  Environment environment_{1, {}};
  EnvironmentScope scope_{environment_};
  std::shared_ptr<const testing::FakeRuntimeCounts> counts_;
};

TEST_F(TypedArtifactTest, MakesOneRunOfManyRequests) {
  Use(Script());
  const Artifact<Response(Request)> artifact(path_);
  const std::vector<Request> batch = {Row(1), Row(2), Row(3)};
  const auto answers = artifact.InferBatch(batch);
  ASSERT_EQ(answers.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) ExpectSame(answers[i], batch[i]);
  EXPECT_EQ(counts_->runs, 1);
  const RequestContext context;
  ExpectSame(testing::RunTask(artifact.Infer(Row(7), context)), Row(7));
}

TEST_F(TypedArtifactTest, RunsAloneWhatDiffersInLengthOrIsRefused) {
  Use(Script());
  const Artifact<Response(Request)> artifact(path_);
  auto answers = artifact.InferBatch(std::vector<Request>{Row(1, 2), Row(2, 5)});
  ExpectSame(answers[0], Row(1, 2));
  ExpectSame(answers[1], Row(2, 5));
  EXPECT_EQ(counts_->runs, 2);
  answers = artifact.InferBatch(std::vector<Request>{Row(1), Row(-1), Row(3)});
  ExpectSame(answers[0], Row(1));
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].Error().Code(), ErrorCode::kInvalid);
  ExpectSame(answers[2], Row(3));
}

TEST_F(TypedArtifactTest, RefusesATensorOfAnotherShapeByItself) {
  Use(Script());
  const Artifact<Response(Request)> artifact(path_);
  std::vector<Request> batch = {Row(1), Row(2)};
  batch[1].image = Tensor<float>::Create({3, 3});
  const auto answers = artifact.InferBatch(batch);
  ExpectSame(answers[0], Row(1));
  ASSERT_FALSE(answers[1]);
  EXPECT_NE(answers[1].Error().Detail().find("\"image\" takes"), std::string::npos)
      << answers[1].Error().what();
}

struct Wrong {
  double age;                 // float32 there.
  float counts;               // A list there.
  std::array<float, 3> pair;  // Two there.
  std::vector<float> image;   // Two dimensions there.
  std::string txt;            // "text" there.
};
struct Less {
  std::vector<bool> age;
};

TEST_F(TypedArtifactTest, ListsAllThatDoesNotMatch) {
  Use(Script());
  const std::string why = WhyNot<Less, Wrong>();
  for (const char* part :
       {"field Wrong::age is float64, the model has float32[?, 1]",
        "field Wrong::counts is one value, the model has float32[?, ?]",
        "field Wrong::pair has 3 items, the model has float32[?, 2]",
        "field Wrong::image is a list, the model has float32[?, 2, 2]: use a Tensor",
        "field Wrong::txt is no input of the model, which has age, counts, pair, image, text. Did "
        "you mean 'text'?",
        "input \"text\" (string[?]) has no field in Wrong", "field Less::age is of a type"}) {
    EXPECT_NE(why.find(part), std::string::npos) << part << "\nis not in\n" << why;
  }
}

struct Passenger {
  std::optional<float> fare;
  float age;
};
struct Survival {
  float prediction;
};
struct Typo {
  float fair;
  float age;
};

TEST_F(TypedArtifactTest, TakesColumnsByTheirNames) {
  Use({.inputs = {{"features", kFloat, {kDynamic, 2}, {}, {"age", "fare"}}},
       .outputs = {{"prediction", kFloat, {kDynamic}, {}}},
       .run = [](std::span<const AnyTensor> inputs) -> Result<std::vector<AnyTensor>> {
         const auto x = inputs[0].Elements<float>();
         auto y = Tensor<float>::Create({inputs[0].Shape()[0]});
         for (std::size_t i = 0; i < y.size(); ++i) y[i] = x[2 * i] * 100 + x[2 * i + 1];
         return std::vector<AnyTensor>{y};
       }});
  const Artifact<Survival(Passenger)> artifact(path_);
  const auto answers =
      artifact.InferBatch(std::vector<Passenger>{{.fare = 3.0F, .age = 2}, {.fare = {}, .age = 1}});
  EXPECT_EQ(answers[0]->prediction, 203);
  EXPECT_TRUE(std::isnan(answers[1]->prediction));
  const std::string why = WhyNot<Survival, Typo>();
  EXPECT_NE(why.find("Did you mean 'fare'?"), std::string::npos) << why;
  EXPECT_NE(why.find("column \"fare\" has no field in Typo"), std::string::npos) << why;
}

struct Whole {
  Tensor<float> x;
};

TEST_F(TypedArtifactTest, GivesWholeTensorsWhereThereAreNoRows) {
  Use({.inputs = {{"x", kFloat, {2, 2}, {}}}, .outputs = {{"x", kFloat, {2, 2}, {}}}});
  const Artifact<Whole(Whole)> artifact(path_);
  auto x = Tensor<float>::Create({2, 2});
  std::ranges::copy(std::array{1.F, 2.F, 3.F, 4.F}, x.begin());
  const RequestContext context;
  const auto answer = testing::RunTask(artifact.Infer({x}, context));
  ASSERT_TRUE(answer) << answer.Error().what();
  EXPECT_EQ(answer->x.Shape(), (Shape{2, 2}));
  EXPECT_TRUE(std::ranges::equal(answer->x, x));
}

TEST_F(TypedArtifactTest, IsBoundUnderAPlainName) {
  Application application("test");
  application.Bind<Artifact<Survival(Passenger)>>({}, path_);
  EXPECT_EQ(application.Deployments()[0]->Name(), "Artifact");
}

// What stands beside the artifact is read by whoever starts the application.
Result<ConfiguredArtifact> Configured(const std::filesystem::path& path, LoadOptions load,
                                      ArtifactServing serving) {
  if (path.filename() == "broken.onnx") return Error(ErrorCode::kInvalid, "tenon.yaml:3: no.");
  serving.warm_up_runs = 3;
  serving.warm_up_rows = 4;
  if (path.filename() == "alone.onnx") serving.batching = Batching::kOff;
  return ConfiguredArtifact{.model = LoadModel(path, std::move(load)),
                            .serving = std::move(serving)};
}

TEST_F(TypedArtifactTest, TakesWhatStandsBesideTheArtifact) {
  Use(Script());
  environment_.SetConfigure(&Configured);
  const Artifact<Response(Request)> artifact(path_);
  artifact.WarmUp();
  EXPECT_EQ(counts_->runs, 3);
  const Artifact<Response(Request)> alone(directory_.Write("alone.onnx", "any"));
  const RequestContext context;
  ExpectSame(testing::RunTask(alone.Infer(Row(7), context)), Row(7));
  const auto broken = directory_.Write("broken.onnx", "any");
  EXPECT_THROW((Artifact<Response(Request)>(broken)), Error);
}

}  // namespace
}  // namespace tenon::runtime
