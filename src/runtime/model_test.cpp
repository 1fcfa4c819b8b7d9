// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/model.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/test_directory.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/testing/fake_runtime.hpp"

namespace tenon {
namespace {

using runtime::Environment;
using runtime::EnvironmentScope;
using runtime::TestDirectory;
using testing::FakeModelScript;
using testing::FakeRuntime;

// An environment in which ".onnx" files are loaded by a FakeRuntime, current while it stands.
class FakeEnvironment {
 public:
  explicit FakeEnvironment(FakeModelScript script) : FakeEnvironment(std::move(script), 3) {}
  FakeEnvironment(FakeModelScript script, std::size_t cpus)
      : environment_(cpus, {}), scope_(environment_) {
    auto fake = std::make_unique<FakeRuntime>("onnx", std::move(script));
    counts_ = fake->Counts();
    environment_.Registry().Add(std::move(fake));
  }
  Environment& Get() { return environment_; }
  int Loads() const { return counts_->loads; }
  int Live() const { return counts_->live; }
  int Runs() const { return counts_->runs; }

 private:
  Environment environment_;
  EnvironmentScope scope_;
  std::shared_ptr<const testing::FakeRuntimeCounts> counts_;
};

FakeModelScript EchoScript() {
  return {.inputs = {{"x", ElementType::kFloat32, {runtime::kDynamic}, {"n"}}},
          .outputs = {{"y", ElementType::kFloat32, {runtime::kDynamic}, {"n"}}}};
}

TEST(LoadModel, SharesOneSessionWhileSomebodyUsesIt) {
  const TestDirectory directory;
  const auto file = directory.Write("model.onnx", "");
  FakeEnvironment environment(EchoScript());
  {
    const Model first = LoadModel(directory.Path());
    const Model second = LoadModel(file);
    EXPECT_EQ(environment.Loads(), 1);
    EXPECT_EQ(environment.Live(), 1);
    const Model other = LoadModel(file, {.threads = 1});
    EXPECT_EQ(environment.Live(), 2) << "other options are another session";
  }
  EXPECT_EQ(environment.Live(), 0);
  LoadModel(file);
  EXPECT_EQ(environment.Loads(), 3);
}

TEST(LoadModel, LoadsAFileAnewOnceItWasReplaced) {
  const TestDirectory directory;
  const auto file = directory.Write("model.onnx", "one");
  FakeEnvironment environment(EchoScript());
  const Model before = LoadModel(file);
  directory.Write("model.onnx", "another");
  const Model after = LoadModel(file);
  EXPECT_EQ(environment.Live(), 2);
}

TEST(LoadModel, LoadsOnceForThreadsThatAskTogether) {
  const TestDirectory directory;
  const auto file = directory.Write("model.onnx", "");
  constexpr int kThreads = 8;
  std::atomic<int> asked = 0;
  FakeModelScript script = EchoScript();
  // The first load goes on until everybody else has at least begun to ask.
  script.load = [&asked](const auto&, const auto&) {
    while (asked < kThreads) std::this_thread::yield();
    return Result<>();
  };
  FakeEnvironment environment(std::move(script));
  std::vector<std::optional<Model>> models(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& model : models) {
      threads.emplace_back([&] {
        const EnvironmentScope scope(environment.Get());
        ++asked;
        model = LoadModel(file);
      });
    }
  }
  EXPECT_EQ(environment.Loads(), 1);
  EXPECT_EQ(environment.Live(), 1);
}

TEST(LoadModel, GivesTheRunsAllCpusUnlessToldOtherwise) {
  const TestDirectory directory;
  const auto file = directory.Write("model.onnx", "");
  std::vector<std::size_t> threads;
  FakeModelScript script = EchoScript();
  script.load = [&threads](const auto&, const LoadOptions& options) {
    threads.push_back(options.threads);
    return Result<>();
  };
  FakeEnvironment environment(std::move(script), 5);
  LoadModel(file);
  LoadModel(file, {.threads = 2});
  EXPECT_EQ(threads, (std::vector<std::size_t>{5, 2}));
}

TEST(LoadModel, ThrowsWhatFailsAndTriesAgain) {
  const TestDirectory directory;
  const auto file = directory.Write("model.onnx", "");
  bool broken = true;
  FakeModelScript script = EchoScript();
  script.load = [&broken](const auto&, const auto&) {
    return broken ? Result<>(Error(ErrorCode::kInvalid, "It is broken.")) : Result<>();
  };
  FakeEnvironment environment(std::move(script));
  EXPECT_THROW(LoadModel(file), Error);
  EXPECT_EQ(environment.Live(), 0);
  broken = false;
  EXPECT_NO_THROW(LoadModel(file));
}

TEST(LoadModel, ThrowsForADirectoryThatIsMissingOrEmpty) {
  const TestDirectory directory;
  FakeEnvironment environment(EchoScript());
  for (const auto& path : {directory.Path(), directory.Path() / "missing"}) {
    try {
      LoadModel(path);
      FAIL() << path << " was loaded";
    } catch (const Error& error) {
      EXPECT_EQ(error.Code(), ErrorCode::kNotFound);
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(environment.Loads(), 0);
}

TEST(Environment, IsTheInnermostScopeOfTheThreadOrOneForTheProcess) {
  Environment& fallback = Environment::Current();
  Environment outer(1, {});
  Environment inner(1, {});
  {
    const EnvironmentScope first(outer);
    {
      const EnvironmentScope second(inner);
      EXPECT_EQ(&Environment::Current(), &inner);
      std::thread([&fallback] { EXPECT_EQ(&Environment::Current(), &fallback); }).join();
    }
    EXPECT_EQ(&Environment::Current(), &outer);
  }
  EXPECT_EQ(&Environment::Current(), &fallback);
}

TEST(Model, OutlivesTheEnvironmentThatLoadedIt) {
  const TestDirectory directory;
  const auto file = directory.Write("model.onnx", "");
  std::optional<Model> model;
  {
    FakeEnvironment environment(EchoScript());
    model = LoadModel(file);
  }
  EXPECT_EQ(model->Run({Tensor<float>::Create({2})}).at(0).Shape(), (std::vector<std::int64_t>{2}));
}

TEST(Model, PredictsTheOnlyOutput) {
  const TestDirectory directory;
  FakeModelScript script = EchoScript();
  script.run = [](std::span<const AnyTensor> inputs) -> Result<std::vector<AnyTensor>> {
    Tensor<float> twice = Tensor<float>(inputs[0]).Clone();
    for (float& value : twice) value *= 2;
    return std::vector<AnyTensor>{twice};
  };
  FakeEnvironment environment(std::move(script));
  const Model model = LoadModel(directory.Write("model.onnx", ""));

  Tensor<float> x = Tensor<float>::Create({2});
  x[0] = 3;
  x[1] = 4;
  const Tensor<float> y = model.Predict<float>(x);
  ASSERT_EQ(y.size(), 2U);
  EXPECT_EQ(y[0], 6);
  EXPECT_EQ(y[1], 8);
  EXPECT_THROW(model.Predict<double>(x), Error) << "the output is float32";
  EXPECT_EQ(environment.Runs(), 1) << "a run whose result cannot be used is not begun";
}

TEST(Model, PredictWantsOneOutput) {
  const TestDirectory directory;
  FakeModelScript script = EchoScript();
  script.outputs.push_back({"z", ElementType::kFloat32, {}, {}});
  FakeEnvironment environment(std::move(script));
  const Model model = LoadModel(directory.Write("model.onnx", ""));
  try {
    model.Predict<float>(Tensor<float>::Create({1}));
    FAIL() << "one of two outputs was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.Code(), ErrorCode::kInternal);
    EXPECT_NE(error.PrivateDetail().find("\"y\": float32[n], \"z\": float32[]"), std::string::npos)
        << error.PrivateDetail();
  }
}

TEST(Model, FindsInputsAndOutputsByName) {
  const TestDirectory directory;
  FakeModelScript script = EchoScript();
  script.outputs.push_back({"z", ElementType::kFloat32, {}, {}});
  FakeEnvironment environment(std::move(script));
  const Model model = LoadModel(directory.Write("model.onnx", ""));
  EXPECT_EQ(model.InputIndex("x"), 0U);
  EXPECT_EQ(model.OutputIndex("z"), 1U);
  try {
    model.OutputIndex("probability");
    FAIL() << "an output was made up";
  } catch (const Error& error) {
    EXPECT_EQ(error.Detail(), "The model has no output \"probability\"; it has \"y\", \"z\".");
  }
}

TEST(Model, RefusesWrongInputsAndRunsOn) {
  const TestDirectory directory;
  FakeEnvironment environment(EchoScript());
  const Model model = LoadModel(directory.Write("model.onnx", ""));
  EXPECT_THROW(model.Run({Tensor<double>::Create({1})}), Error);
  EXPECT_EQ(model.TryRun({}).Error().Code(), ErrorCode::kInvalid);
  EXPECT_EQ(environment.Runs(), 0);
  EXPECT_EQ(model.Run({Tensor<float>::Create({1})}).size(), 1U);
}

TEST(FakeRuntime, HasLatencyThatTheTestPrograms) {
  const TestDirectory directory;
  int waited = 0;
  StopSource stop;
  FakeModelScript script = EchoScript();
  script.latency = [&] {
    if (++waited == 2) stop.RequestStop();
  };
  FakeEnvironment environment(std::move(script));
  const Model model = LoadModel(directory.Write("model.onnx", ""));
  const std::vector<AnyTensor> inputs = {Tensor<float>::Create({1})};
  EXPECT_TRUE(model.TryRun(inputs, {.stop = stop}));
  const auto stopped = model.TryRun(inputs, {.stop = stop});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.Error().Code(), ErrorCode::kCancelled);
  EXPECT_EQ(waited, 2);
}

}  // namespace
}  // namespace tenon
