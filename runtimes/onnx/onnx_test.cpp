// SPDX-License-Identifier: Apache-2.0

// The plug-in as applications meet it: found by a registry, run by ONNX Runtime. What each model
// computes stands in tests/data/onnx/make.py.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "onnx_library.hpp"
#include "onnx_model.hpp"
#include "tenon/runtime/artifact_types.hpp"
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
  const auto is_half = [](const TensorSpec& spec) { return spec.name.ends_with("float16"); };
  for (const Shape& shape : {Shape{5}, Shape{0}}) {
    std::vector<AnyTensor> inputs;
    for (const TensorSpec& spec : model.Inputs()) {
      AnyTensor& input = inputs.emplace_back(AnyTensor::Create(spec.element_type, shape));
      if (is_half(spec)) {  // Shown as float32, of which it keeps what it can.
        const std::array<float, 5> values = {0, -1.5F, 2, 0.25F, -96};
        std::copy_n(values.begin(), input.size(), static_cast<float*>(input.data()));
        continue;
      }
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
      if (!is_half(model.Inputs()[i])) {
        EXPECT_EQ(model.Inputs()[i].name, "in_" + std::string(Name(inputs[i].Type())));
      }
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

TEST(OnnxModel, ShowsHalfFloatsAsFloat32AndRoundsThemAtItsEdge) {
  const Model model = Load("half.onnx");
  EXPECT_EQ(runtime::ToString(model.Inputs()[0]), "float32[n]");
  EXPECT_EQ(runtime::ToString(model.Outputs()[0]), "float32[n]");
  // 0.1 as float16 is 0.0999755859375; its square is rounded again.
  const auto product = model.Predict<float>(Make<float>({3}, {0.1F, 3, 300}));
  EXPECT_EQ(product[0], 0.009994506835937500F);
  EXPECT_EQ(product[1], 9);
  EXPECT_EQ(product[2], std::numeric_limits<float>::infinity()) << "90000 is beyond float16";
  EXPECT_TRUE(runtime::MakeArtifactTypes(model)) << "it is served without code";
}

// As scikit-learn's classifiers have it, and as its own export asks for.
TEST(OnnxModel, ShowsAMapForEachRowAsScoresAndLabels) {
  const Model numbers = Load("zipmap_numbers.onnx");
  ASSERT_EQ(numbers.Outputs().size(), 2U);
  EXPECT_EQ(numbers.Outputs()[0].name, "scores");
  EXPECT_EQ(runtime::ToString(numbers.Outputs()[0]), "float32[rows, labels]");
  EXPECT_EQ(numbers.Outputs()[1].name, "scores_labels");
  EXPECT_EQ(runtime::ToString(numbers.Outputs()[1]), "int64[rows, labels]");
  EXPECT_TRUE(runtime::IsBatchable(numbers));
  const auto x = Make<float>({2, 3}, {0.5F, 0.25F, 0.125F, 3, 1, 2});
  auto outputs = numbers.Run({x});
  EXPECT_EQ(outputs[0].Shape(), (Shape{2, 3}));
  EXPECT_EQ(outputs[1].Shape(), (Shape{2, 3}));
  // A map is in the order of its keys.
  EXPECT_EQ(ValuesOf<std::int64_t>(outputs[1]),
            (std::vector<std::int64_t>{10, 20, 30, 10, 20, 30}));
  EXPECT_EQ(ValuesOf<float>(outputs[0]), (std::vector<float>{0.25F, 0.125F, 0.5F, 1, 2, 3}));

  outputs = Load("zipmap_strings.onnx").Run({x});
  EXPECT_EQ(ValuesOf<std::string>(outputs[1]),
            (std::vector<std::string>{"a", "b", "c", "a", "b", "c"}));
  EXPECT_EQ(ValuesOf<float>(outputs[0]), (std::vector<float>{0.25F, 0.5F, 0.125F, 1, 3, 2}));

  EXPECT_EQ(numbers.Run({Tensor<float>::Create({0, 3})})[0].size(), 0U);
}

TEST(OnnxModel, ShowsASequenceOfTensorsAsOneWhereTheyAreOfOneShape) {
  const Model model = Load("ragged.onnx");
  EXPECT_TRUE(model.Outputs()[0].dimensions.empty());
  EXPECT_FALSE(runtime::IsBatchable(model));
  const auto outputs = model.Run({Make<float>({2}, {1, 2}), Make<float>({2}, {3, 4})});
  EXPECT_EQ(outputs[0].Shape(), (Shape{2, 2}));
  EXPECT_EQ(ValuesOf<float>(outputs[0]), (std::vector<float>{1, 2, 3, 4}));
  const auto ragged =
      model.TryRun(std::vector<AnyTensor>{Make<float>({2}, {1, 2}), Make<float>({3}, {3, 4, 5})});
  ASSERT_FALSE(ragged);
  EXPECT_TRUE(Says(ragged.Error(), "differ in shape")) << ragged.Error().what();
}

TEST(OnnxModel, ReadsWeightsFromTheFilesBesideIt) {
  const Tensor<float> y = Load("external.onnx").Predict<float>(Make<float>({1, 4}, {0, 0, 0, 1}));
  EXPECT_EQ(ValuesOf<float>(y), (std::vector<float>{1, 2, 3, 5}));
  const auto folder = std::filesystem::path(::testing::TempDir()) / "onnx_without_weights";
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(std::filesystem::path(TENON_TEST_ONNX_MODELS) / "external.onnx",
                             folder / "external.onnx",
                             std::filesystem::copy_options::overwrite_existing);
  const auto lone = TestEnvironment().Load(folder, {});
  ASSERT_FALSE(lone);
  EXPECT_TRUE(Says(lone.Error(), "external.weights")) << lone.Error().what();
  std::filesystem::remove_all(folder);
}

TEST(OnnxModel, RunsCustomOperatorsAndCopiesNeitherInputsNorOutputs) {
  const Model model = Load("custom.onnx", {.settings = {{"custom_op_libraries",  //
                                                         TENON_TEST_OPERATORS}}});
  const auto x = Make<float>({2}, {1, 2});
  const Tensor<std::int64_t> addresses = model.Predict<std::int64_t>(x);
  EXPECT_EQ(addresses[0], std::bit_cast<std::int64_t>(x.data())) << "the input was copied";
  EXPECT_EQ(addresses[1], std::bit_cast<std::int64_t>(std::as_const(addresses).data()))
      << "the output was copied";

  const auto without = TryLoad("custom.onnx");
  ASSERT_FALSE(without);
  EXPECT_TRUE(Says(without.Error(), "Addresses")) << without.Error().what();
}

TEST(OnnxLibrary, WorksWithTheOldestReleaseAndUsesTheProviderThatWasAskedFor) {
  ASSERT_EQ(setenv("TENON_ONNXRUNTIME_LIBRARY", TENON_TEST_OLD_LIBRARY, 1), 0);
  const auto library = OnnxLibrary::Open();
  unsetenv("TENON_ONNXRUNTIME_LIBRARY");
  ASSERT_TRUE(library) << library.Error().what();
  const auto path = std::filesystem::path(TENON_TEST_ONNX_MODELS) / "mlp.onnx";
  for (const auto& [providers, words] :
       {std::pair("", "ONNX Runtime 1.15.1, CPU, 1 thread"),
        std::pair("cuda", "ONNX Runtime 1.15.1, CUDA, 1 thread"),
        std::pair("CUDA,cpu", "ONNX Runtime 1.15.1, CUDA+CPU, 1 thread")}) {
    auto loaded =
        OnnxModel::Load(*library, path, {.threads = 1, .settings = {{"providers", providers}}});
    ASSERT_TRUE(loaded) << loaded.Error().what();
    const Model model(std::shared_ptr<const runtime::LoadedModel>(*std::move(loaded)));
    EXPECT_EQ(model.Description(), words);
    EXPECT_FLOAT_EQ(model.Predict<float>(Make<float>({1, 3}, {1, 2, 3}))[0], 1.5F);
  }
  const auto missing = OnnxModel::Load(*library, path, {.settings = {{"providers", "tensorrt"}}});
  ASSERT_FALSE(missing);
  EXPECT_TRUE(Says(missing.Error(), "1.15.1 has CUDAExecutionProvider, CPUExecutionProvider"))
      << missing.Error().what();
}

TEST(OnnxLibrary, SaysWhereToPutOneThatIsMissing) {
  ASSERT_EQ(setenv("TENON_ONNXRUNTIME_LIBRARY", "/nowhere/libonnxruntime.so", 1), 0);
  const auto library = OnnxLibrary::Open();
  unsetenv("TENON_ONNXRUNTIME_LIBRARY");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.Error().Code(), ErrorCode::kNotFound);
  for (const char* part : {"not installed", "TENON_ONNXRUNTIME_LIBRARY", "/nowhere/", "1.15"}) {
    EXPECT_TRUE(Says(library.Error(), part)) << library.Error().what();
  }
}

TEST(OnnxRuntime, RefusesArtifactsThatItCannotExecute) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"truncated.onnx", {"not a complete ONNX model", "truncated.onnx"}},
      {"optional.onnx", {"output \"maybe\" is an optional value"}},
      {"dictionary.onnx", {"input \"words\" is a map"}},
      {"sparse.onnx", {"input \"s\" is a sparse tensor", "Export the model so that it takes"}},
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

TEST(OnnxModel, SaysThatAnOutputIsSparseThoughItIsDeclaredAsATensor) {
  const Model model = Load("sparse_constant.onnx");
  EXPECT_EQ(runtime::ToString(model.Outputs()[0]), "float32[3, 3]");
  const auto outputs = model.TryRun(std::vector<AnyTensor>{Tensor<float>::Create({2})});
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.Error().Code(), ErrorCode::kInternal);
  EXPECT_TRUE(Says(outputs.Error(), "a sparse tensor")) << outputs.Error().what();
}

TEST(OnnxRuntime, NeverFallsBackFromAProviderThatWasAskedFor) {
  const auto loaded = TryLoad("mlp.onnx", {.providers = {"CUDAExecutionProvider"}});
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(Says(loaded.Error(), "asked for CUDAExecutionProvider")) << loaded.Error().what();
  EXPECT_TRUE(TryLoad("mlp.onnx", {.providers = {"CPUExecutionProvider"}}));
}

// The thread that calls a run works too, so that a pool of N and a session of N are not 2 N.
TEST(OnnxRuntime, MakesOneThreadLessThanItsBudget) {
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const Model first = Load("mlp.onnx", {.threads = 1});  // Whatever the library itself has.
  const auto before = threads();
  const Model three = Load("mlp.onnx", {.threads = 3});
  EXPECT_EQ(threads(), before + 2);
  const Model again = Load("mlp.onnx", {.threads = 3});
  EXPECT_EQ(threads(), before + 2) << "replicas share the session";
  const Model one = Load("two.onnx", {.threads = 1});
  EXPECT_EQ(threads(), before + 2);
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

TEST(OnnxRuntime, RefusesSettingsThatItDoesNotHave) {
  const std::vector<std::pair<std::pair<std::string, std::string>, std::string>> cases = {
      {{"provider", "cuda"}, "Did you mean 'providers'?"},
      {{"providers", "cuda"}, "CPUExecutionProvider; name another library"},
      {{"optimization", "most"}, "none, basic, extended, all"},
      {{"threads", "0"}, "from 1 to"},
      {{"threads", "two"}, "from 1 to"},
      {{"idle_threads", "wait"}, "sleep, spin"},
      {{"custom_op_libraries", "nowhere.so"}, "nowhere.so"},
  };
  for (const auto& [setting, part] : cases) {
    const auto loaded = TryLoad("mlp.onnx", {.settings = {setting}});
    ASSERT_FALSE(loaded) << part;
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
    EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
  }
  for (const auto& setting :
       std::vector<std::pair<std::string, std::string>>{{"providers", "cpu"},
                                                        {"optimization", "basic"},
                                                        {"threads", "1"},
                                                        {"idle_threads", "spin"}}) {
    EXPECT_TRUE(TryLoad("mlp.onnx", {.settings = {setting}})) << setting.first;
  }
}

}  // namespace
}  // namespace tenon::onnx
