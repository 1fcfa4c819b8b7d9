// SPDX-License-Identifier: Apache-2.0

// The plug-in as applications meet it: found by a registry, run by ONNX Runtime. What each model
// computes stands in tests/data/onnx/make.py.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "onnx_library.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/runtime/model.hpp"

namespace tenon::onnx {
namespace {

using Shape = std::vector<std::int64_t>;

// Shared by all tests, as it is by all deployments of a process.
runtime::Environment& TestEnvironment() {
  static runtime::Environment environment(2, {TENON_TEST_RUNTIMES});
  return environment;
}

Result<std::shared_ptr<const runtime::LoadedModel>> TryLoad(const std::string& name,
                                                            LoadOptions options = {}) {
  return TestEnvironment().Load(std::filesystem::path(TENON_TEST_ONNX_MODELS) / name,
                                std::move(options));
}

Model Load(const std::string& name, LoadOptions options = {}) {
  return Model(TryLoad(name, std::move(options)).Value());
}

template <class T>
Tensor<T> Make(Shape shape, const std::vector<T>& values) {
  Tensor<T> tensor = Tensor<T>::Create(std::move(shape));
  EXPECT_EQ(tensor.size(), values.size());
  std::ranges::copy(values, tensor.begin());
  return tensor;
}

template <class T>
std::vector<T> ValuesOf(const AnyTensor& tensor) {
  EXPECT_EQ(tensor.Type(), kElementTypeOf<T>);
  const auto elements = tensor.Elements<T>();
  return {elements.begin(), elements.end()};
}

bool Says(const Error& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

std::vector<std::byte> BytesOf(const AnyTensor& tensor) {
  const auto* const data = static_cast<const std::byte*>(tensor.data());
  return {data, data + tensor.ByteSize()};
}

TEST(NegotiateApi, TakesTheNewestThatBothSidesKnow) {
  const std::vector<std::pair<std::string, std::optional<std::uint32_t>>> cases = {
      {"1.32.0", 21U}, {"1.21.1", 21U},     {"1.20.0", 20U},       {"1.15.1", 15U},
      {"1.14.1", {}},  {"1.20.0-dev", 20U}, {"2.0.0", {}},         {"", {}},
      {"1.", {}},      {"1.x", {}},         {"1.99999999999", {}}, {"one", {}},
  };
  for (const auto& [version, api] : cases) EXPECT_EQ(NegotiateApi(version, 21), api) << version;
}

TEST(OnnxModel, SaysWhatItTakesAndGives) {
  const Model model = Load("mlp.onnx");
  ASSERT_EQ(model.Inputs().size(), 1U);
  EXPECT_EQ(model.Inputs()[0],
            (TensorSpec{"x", ElementType::kFloat32, {runtime::kDynamic, 3}, {"batch", ""}}));
  ASSERT_EQ(model.Outputs().size(), 1U);
  EXPECT_EQ(model.Outputs()[0].name, "scores");
  EXPECT_EQ(runtime::ToString(model.Outputs()[0]), "float32[batch, 1]");
  EXPECT_TRUE(model.Description().starts_with("ONNX Runtime 1.")) << model.Description();
  EXPECT_TRUE(model.Description().ends_with(", CPU, 2 threads")) << model.Description();
}

// scores = relu(x W1 + b1) W2 + b2 with W1 = [1 -1; 2 0; 0 3], b1 = [0 1], W2 = [2; -1], b2 = 0.5.
TEST(OnnxModel, ComputesBatchesOfAnyLength) {
  const Model model = Load("mlp.onnx");
  const auto x = Make<float>({3, 3}, {1, 2, 3, -4, 0, 0, 0, 0, 1});
  const Tensor<float> scores = model.Predict<float>(x);
  EXPECT_EQ(scores.Shape(), (Shape{3, 1}));
  EXPECT_FLOAT_EQ(scores[0], 1.5F);   // hidden (5, 9)
  EXPECT_FLOAT_EQ(scores[1], -4.5F);  // hidden (-4 -> 0, 5)
  EXPECT_FLOAT_EQ(scores[2], -3.5F);  // hidden (0, 4)

  const Tensor<float> one = model.Predict<float>(Make<float>({1, 3}, {1, 2, 3}));
  EXPECT_EQ(one.Shape(), (Shape{1, 1}));
  EXPECT_FLOAT_EQ(one[0], 1.5F);
}

TEST(OnnxModel, TakesABatchOfNothing) {
  const Tensor<float> scores = Load("mlp.onnx").Predict<float>(Tensor<float>::Create({0, 3}));
  EXPECT_EQ(scores.Shape(), (Shape{0, 1}));
}

TEST(OnnxModel, KeepsTheOrderOfSeveralInputsAndOutputs) {
  const Model model = Load("two.onnx");
  const auto outputs = model.Run({Make<std::int64_t>({2, 2}, {1, 2, 3, 4}),
                                  Make<std::int64_t>({2, 2}, {10, -20, 30, 1LL << 40})});
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(ValuesOf<std::int64_t>(outputs[model.OutputIndex("sum")]),
            (std::vector<std::int64_t>{11, -18, 33, (1LL << 40) + 4}));
  EXPECT_EQ(ValuesOf<std::int64_t>(outputs[model.OutputIndex("product")]),
            (std::vector<std::int64_t>{10, -40, 90, 1LL << 42}));
}

TEST(OnnxModel, PassesEveryElementTypeThroughUnchanged) {
  const Model model = Load("identity.onnx");
  ASSERT_EQ(model.Inputs().size(), 13U);
  for (const Shape& shape : {Shape{5}, Shape{0}}) {
    std::vector<AnyTensor> inputs;
    for (const TensorSpec& spec : model.Inputs()) {
      AnyTensor& input = inputs.emplace_back(AnyTensor::Create(spec.element_type, shape));
      // Any bits but for bool, and all of them different: 1, 2, 3, ...
      auto* const bytes = static_cast<std::uint8_t*>(input.data());
      for (std::size_t i = 0; i < input.ByteSize(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(
            spec.element_type == ElementType::kBool ? i % 2 : i + inputs.size());
      }
    }
    const auto outputs = model.Run(std::span<const AnyTensor>(inputs));
    ASSERT_EQ(outputs.size(), inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      SCOPED_TRACE(model.Inputs()[i].name);
      EXPECT_EQ(model.Inputs()[i].name, "in_" + std::string(Name(inputs[i].Type())));
      EXPECT_EQ(outputs[i].Type(), inputs[i].Type());
      EXPECT_EQ(outputs[i].Shape(), shape);
      EXPECT_EQ(BytesOf(outputs[i]), BytesOf(inputs[i]));
    }
  }
}

TEST(OnnxModel, TakesAndGivesStrings) {
  const Model model = Load("strings.onnx");
  const std::vector<std::string> lines = {"short", "", "a line that does not fit a small string",
                                          "gr\xC3\xBC\xC3\x9F"};
  const auto outputs = model.Run({Make<std::string>({4, 1}, lines)});
  EXPECT_EQ(outputs.at(0).Shape(), (Shape{4, 1}));
  EXPECT_EQ(ValuesOf<std::string>(outputs.at(0)), lines);
  const auto upper = ValuesOf<std::string>(outputs.at(1));
  ASSERT_EQ(upper.size(), 4U);
  EXPECT_EQ(upper[0], "SHORT");
  EXPECT_EQ(upper[2], "A LINE THAT DOES NOT FIT A SMALL STRING");
}

TEST(OnnxModel, KeepsAStringsNulAndOutputsThatOutliveTheModel) {
  const std::string with_nul("a\0b", 3);
  std::vector<AnyTensor> strings;
  std::optional<Tensor<float>> numbers;
  {
    strings = Load("strings.onnx").Run({Make<std::string>({1, 1}, {with_nul})});
    numbers = Load("mlp.onnx").Predict<float>(Make<float>({1, 3}, {1, 2, 3}));
  }
  EXPECT_EQ(ValuesOf<std::string>(strings.at(0)), (std::vector<std::string>{with_nul}));
  EXPECT_FLOAT_EQ((*numbers)[0], 1.5F);
}

TEST(OnnxModel, GivesAnInputThatItPassesThroughAsTheCallersOwnTensor) {
  const Model model = Load("passthrough.onnx");
  const auto outputs = model.Run({Make<float>({2}, {3, 4})});  // The input's last mention.
  EXPECT_EQ(ValuesOf<float>(outputs.at(model.OutputIndex("x"))), (std::vector<float>{3, 4}));
  EXPECT_EQ(ValuesOf<float>(outputs.at(model.OutputIndex("twice"))), (std::vector<float>{6, 8}));
}

TEST(OnnxModel, RefusesInputsThatDoNotFitAndRunsOn) {
  const Model model = Load("mlp.onnx");
  const std::vector<std::pair<std::vector<AnyTensor>, std::string>> cases = {
      {{Tensor<float>::Create({2, 4})},
       "Input \"x\" takes float32[batch, 3], but was given float32[2, 4]."},
      {{Tensor<double>::Create({2, 3})},
       "Input \"x\" takes float32[batch, 3], but was given float64[2, 3]."},
      {{}, "The model takes 1 inputs (\"x\": float32[batch, 3]), but was given 0."},
  };
  for (const auto& [inputs, refusal] : cases) {
    const auto outputs = model.TryRun(inputs);
    ASSERT_FALSE(outputs);
    EXPECT_EQ(outputs.Error().Code(), ErrorCode::kInvalid);
    EXPECT_EQ(outputs.Error().Detail(), refusal);
  }
  EXPECT_TRUE(model.TryRun(std::vector<AnyTensor>{Tensor<float>::Create({2, 3})}));
}

TEST(OnnxModel, AFailureWhileItRunsIsAnErrorOfThatRun) {
  const Model model = Load("gather.onnx");
  const auto failed = model.TryRun(std::vector<AnyTensor>{Make<std::int64_t>({2}, {0, 7})});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.Error().Code(), ErrorCode::kInvalid) << failed.Error().what();
  EXPECT_TRUE(Says(failed.Error(), "idx=7")) << failed.Error().what();
  EXPECT_EQ(failed.Error().Detail().find("Gather"), std::string::npos)
      << "what ONNX Runtime says is for the log: " << failed.Error().Detail();
  EXPECT_EQ(ValuesOf<float>(model.Run({Make<std::int64_t>({2}, {2, 0})}).at(0)),
            (std::vector<float>{30, 10}));
}

TEST(OnnxModel, AnAllocationThatFailsIsOutOfMemory) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "the sanitizers' allocators end the process instead";
#endif
#endif
  const Model model = Load("zeros.onnx");
  constexpr std::int64_t kHuge = std::int64_t{1} << 27;
  const auto failed = model.TryRun(std::vector<AnyTensor>{Make<std::int64_t>({2}, {kHuge, kHuge})});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.Error().Code(), ErrorCode::kOutOfMemory) << failed.Error().what();
  const auto small = model.Run({Make<std::int64_t>({2}, {1, 2})});
  EXPECT_EQ(ValuesOf<float>(small.at(0)), (std::vector<float>{0, 0}));
}

TEST(OnnxModel, GivesShapesThatOnlyTheRunKnows) {
  const Model model = Load("zeros.onnx");
  for (const Shape& shape : {Shape{2, 3}, Shape{0, 3}, Shape{3, 0}}) {
    EXPECT_EQ(model.Run({Make<std::int64_t>({2}, shape)}).at(0).Shape(), shape);
  }
}

TEST(OnnxModel, StopEndsARunThatHasBegun) {
  const Model model = Load("loop.onnx");
  StopSource stop;
  std::optional<Result<std::vector<AnyTensor>>> outcome;
  {
    const std::vector<AnyTensor> forever = {
        Make<std::int64_t>({}, {std::numeric_limits<std::int64_t>::max()})};
    std::jthread runner([&] { outcome = model.TryRun(forever, {.stop = stop}); });
    stop.RequestStop();
  }
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->Error().Code(), ErrorCode::kCancelled) << outcome->Error().what();
  EXPECT_EQ(ValuesOf<std::int64_t>(model.Run({Make<std::int64_t>({}, {9})}).at(0)),
            (std::vector<std::int64_t>{9}));
}

TEST(OnnxModel, RunsOnManyThreadsAtOnce) {
  const Model model = Load("mlp.onnx");
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&model, t] {
      const auto value = static_cast<float>(t);
      for (int i = 0; i < 200; ++i) {
        // hidden (v, 1), so the score is 2 v - 1 + 0.5.
        const auto x = Make<float>({2, 3}, {0, value / 2, 0, 0, value / 2, 0});
        const Tensor<float> scores = model.Predict<float>(x);
        EXPECT_FLOAT_EQ(scores[0], 2 * value - 0.5F);
        EXPECT_FLOAT_EQ(scores[1], 2 * value - 0.5F);
      }
    });
  }
}

TEST(OnnxRuntime, RefusesArtifactsThatItCannotExecute) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"truncated.onnx", {"not a complete ONNX model", "truncated.onnx"}},
      {"sequence.onnx", {"\"pair\" is a sequence", "zipmap"}},
  };
  for (const auto& [name, parts] : cases) {
    const auto loaded = TryLoad(name);
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
    EXPECT_EQ(loaded.Error().Detail().find(name), std::string::npos) << "a file name for clients";
    for (const std::string& part : parts) {
      EXPECT_TRUE(Says(loaded.Error(), part)) << part << " is not in " << loaded.Error().what();
    }
  }
}

TEST(OnnxRuntime, NeverFallsBackFromAProviderThatWasAskedFor) {
  const auto loaded = TryLoad("mlp.onnx", {.providers = {"CUDAExecutionProvider"}});
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(Says(loaded.Error(), "asked for CUDAExecutionProvider")) << loaded.Error().what();
  EXPECT_TRUE(TryLoad("mlp.onnx", {.providers = {"CPUExecutionProvider"}}));
}

TEST(OnnxRuntime, TakesEveryOption) {
  for (const auto optimization : {runtime::Optimization::kNone, runtime::Optimization::kBasic,
                                  runtime::Optimization::kExtended, runtime::Optimization::kAll}) {
    const Model model = Load("mlp.onnx", {.threads = 1,
                                          .idle_threads = runtime::IdleThreads::kSpin,
                                          .optimization = optimization,
                                          .settings = {{"session.set_denormal_as_zero", "1"}}});
    EXPECT_TRUE(model.Description().ends_with("1 thread")) << model.Description();
    EXPECT_FLOAT_EQ(model.Predict<float>(Make<float>({1, 3}, {1, 2, 3}))[0], 1.5F);
  }
}

}  // namespace
}  // namespace tenon::onnx
