// SPDX-License-Identifier: Apache-2.0

// The plug-in as applications meet it, against what Python's xgboost predicts for the same rows:
// tests/data/trees/make.py wrote both.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "golden.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/runtime/model.hpp"

namespace tenon::xgboost {
namespace {

namespace fs = std::filesystem;

runtime::Environment& TestEnvironment() {
  static runtime::Environment environment(2, {TENON_TEST_RUNTIMES});
  return environment;
}

fs::path Models() { return trees::TreeData() / "xgboost"; }

Result<std::shared_ptr<const runtime::LoadedModel>> TryLoad(const fs::path& path,
                                                            LoadOptions options = {}) {
  return TestEnvironment().Load(path, std::move(options));
}

Model Load(const std::string& name, LoadOptions options = {}) {
  return Model(TryLoad(Models() / name, std::move(options)).Value());
}

// The models that have a file of expected predictions.
std::vector<std::string> GoldenModels() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Models())) {
    const fs::path& path = entry.path();
    const fs::path model = path.parent_path() / path.stem();
    if (path.extension() == ".expected" && fs::exists(model)) {
      names.push_back(model.filename().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// A file of this test's own.
class TestFile {
 public:
  explicit TestFile(std::string_view name, std::string_view content)
      : path_(fs::path(::testing::TempDir()) / name) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
  ~TestFile() { fs::remove(path_); }
  const fs::path& Path() const noexcept { return path_; }

 private:
  fs::path path_;
};

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

bool Says(const Error& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

constexpr float kRelative = 1e-5F;

// While it stands, XGBoost's library is that file.
class LibraryScope {
 public:
  explicit LibraryScope(const char* file) { setenv("TENON_XGBOOST_LIBRARY", file, 1); }
  LibraryScope(const LibraryScope&) = delete;
  LibraryScope& operator=(const LibraryScope&) = delete;
  ~LibraryScope() { unsetenv("TENON_XGBOOST_LIBRARY"); }
};

TEST(XgboostModel, PredictsWhatPythonPredicts) {
  const std::vector<std::string> names = GoldenModels();
  EXPECT_GE(names.size(), 36U);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const auto golden = trees::ReadGolden<float>(Models() / (name + ".expected"));
    trees::ExpectGolden(Load(name), golden.rows, golden.values, kRelative);
    trees::ExpectGolden(Load(name, {.settings = {{"output", "margin"}}}), golden.rows,
                        golden.margins, kRelative);
  }
}

// Vector leaves, linear boosters and objectives that Tenon does not execute itself.
TEST(XgboostLibrary, PredictsWhatPythonPredictsWhereTenonDoesNot) {
  if (!fs::exists(TENON_TEST_XGBOOST_LIBRARY)) {
    GTEST_SKIP() << "XGBoost's library is not here: tools/dev/python.sh artifacts";
  }
  const LibraryScope scope(TENON_TEST_XGBOOST_LIBRARY);
  for (const std::string name : {"vector_leaf.json", "linear.json"}) {
    SCOPED_TRACE(name);
    const fs::path path = Models() / "library" / name;
    const auto golden = trees::ReadGolden<float>(path.string() + ".expected");
    const Model model(TryLoad(path).Value());
    EXPECT_NE(model.Description().find("XGBoost's library 3."), std::string::npos)
        << model.Description();
    trees::ExpectGolden(model, golden.rows, golden.values, kRelative);
    trees::ExpectGolden(Model(TryLoad(path, {.settings = {{"output", "margin"}}}).Value()),
                        golden.rows, golden.margins, kRelative);
    const auto best = TryLoad(path, {.settings = {{"rounds", "best"}}});
    ASSERT_FALSE(best);
    EXPECT_TRUE(Says(best.Error(), "rounds=best")) << best.Error().what();
  }
  const std::string json = ReadFile(Models() / "squarederror.json");
  const std::vector<std::pair<std::string, std::string>> refused = {
      {Replaced(json, "reg:squarederror", "reg:new"), "Unknown objective"},
      {Replaced(json, "\"version\":[3", "\"version\":[4"), "older than the model's 4.2"},
      {std::string("binf\0\0\0\0", 8), "it says"},
  };
  for (const auto& [content, part] : refused) {
    const TestFile file("odd.json", content);
    const auto loaded = TryLoad(file.Path());
    ASSERT_FALSE(loaded) << part;
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
    EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
  }
}

// An old one answers wrongly without a word.
TEST(XgboostLibrary, IsRefusedWhereItIsOlderThanTheModel) {
  const LibraryScope scope(TENON_TEST_OLD_XGBOOST);
  const auto loaded = TryLoad(Models() / "library" / "linear.json");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
  EXPECT_TRUE(Says(loaded.Error(), "version 1.7.4, older than the model's 3.2"))
      << loaded.Error().what();
}

TEST(XgboostLibrary, SaysWhatToInstallWhereThereIsNone) {
  const LibraryScope scope("/nowhere/libxgboost.so");
  for (const std::string name : {"vector_leaf.json", "linear.json"}) {
    const auto loaded = TryLoad(Models() / "library" / name);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kNotFound);
    for (const char* part :
         {"not installed", "pip install xgboost-cpu", "3.2 or newer", "TENON_XGBOOST_LIBRARY"}) {
      EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
    }
  }
}

TEST(XgboostModel, StopsWhereTrainingWasBest) {
  const auto golden = trees::ReadGolden<float>(Models() / "stopped.json.best.expected");
  trees::ExpectGolden(Load("stopped.json", {.settings = {{"rounds", "best"}}}), golden.rows,
                      golden.values, kRelative);
}

TEST(XgboostModel, SaysWhatItTakesAndGives) {
  const Model numbers = Load("squarederror.json");
  EXPECT_EQ(runtime::ToString(numbers.Inputs()[0]), "float32[rows, 6]");
  EXPECT_EQ(numbers.Inputs()[0].name, "features");
  EXPECT_TRUE(numbers.Inputs()[0].columns.empty());
  EXPECT_EQ(runtime::ToString(numbers.Outputs()[0]), "float32[rows]");
  EXPECT_EQ(numbers.Description(), "XGBoost 3.2 model, reg:squarederror, 6 trees");
  const Model names = Load("names.json");
  EXPECT_EQ(names.Inputs()[0].columns,
            (std::vector<std::string>{"age", "fare", "height \"cm\"", "weight",
                                      "Gr\xC3\xB6\xC3\x9F"
                                      "e",
                                      "last"}));
  EXPECT_EQ(runtime::ToString(Load("softprob.json").Outputs()[0]), "float32[rows, 3]");
  EXPECT_EQ(runtime::ToString(Load("softmax.ubj").Outputs()[0]), "float32[rows]");
}

TEST(XgboostModel, TakesNoRowsAndManyRows) {
  const Model model = Load("softprob.json");
  EXPECT_EQ(model.Predict<float>(Tensor<float>::Create({0, 6})).Shape(),
            (std::vector<std::int64_t>{0, 3}));
  const Tensor<float> one = model.Predict<float>(Tensor<float>::Create({1, 6}));
  const Tensor<float> many = model.Predict<float>(Tensor<float>::Create({5000, 6}));
  EXPECT_EQ(many[4999 * 3 + 2], one[2]);
}

TEST(XgboostModel, RefusesRowsThatDoNotFit) {
  const Model model = Load("squarederror.json");
  const std::vector<AnyTensor> narrow = {Tensor<float>::Create({2, 5})};
  const auto refused = model.TryRun(narrow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.Error().Detail(),
            "Input \"features\" takes float32[rows, 6], but was given float32[2, 5].");
}

TEST(XgboostModel, StopEndsARun) {
  StopSource stop;
  stop.RequestStop();
  const std::vector<AnyTensor> rows = {Tensor<float>::Create({2, 6})};
  const auto stopped = Load("squarederror.json").TryRun(rows, {.stop = stop});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.Error().Code(), ErrorCode::kCancelled);
}

TEST(XgboostRuntime, FindsAModelByContentInADirectory) {
  const fs::path folder = fs::path(::testing::TempDir()) / "xgboost_directory";
  fs::create_directories(folder);
  fs::copy_file(Models() / "squarederror.ubj", folder / "xgboost-model",
                fs::copy_options::overwrite_existing);
  std::ofstream(folder / "config.json") << "{}";
  EXPECT_TRUE(TryLoad(folder));
  fs::remove_all(folder);
}

TEST(XgboostRuntime, RefusesWhatItWouldComputeWrongly) {
  const std::string json = ReadFile(Models() / "squarederror.json");
  const std::string categories = ReadFile(Models() / "categories.json");
  const std::string dart = ReadFile(Models() / "dart.json");
  // Each tree has a num_feature too.
  constexpr std::string_view kFeatures = "\"num_class\":\"0\",\"num_feature\":\"6\"";
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {Replaced(json, "\"base_score\":\"[", "\"base_score\":\"[1E0,"), {"base_score", "1 groups"}},
      {Replaced(json, "\"base_score\":\"[", "\"base_score\":\"[x"), {"no number"}},
      {Replaced(json, kFeatures, "\"num_class\":\"0\",\"num_feature\":\"0\""), {"0 features"}},
      {Replaced(json, kFeatures, "\"num_class\":\"0\",\"num_feature\":\"2\""), {"tree 0", "of 2"}},
      {Replaced(json, "\"left_children\":[1,", "\"left_children\":[900,"), {"child 900"}},
      {Replaced(json, "\"left_children\":[1,", "\"left_children\":[0,"), {"two parents"}},
      {Replaced(json, "\"left_children\":[1,", "\"left_children\":[1.5,"), {"1.5"}},
      {Replaced(json, "\"left_children\":[1,", "\"left_children\":["), {"has 29 items, not 28"}},
      {Replaced(json, "\"tree_info\":[0,", "\"tree_info\":[1,"), {"group 1 of 1"}},
      {Replaced(json, "\"tree_info\":[0,", "\"tree_info\":["), {"tree_info"}},
      {Replaced(dart, "\"weight_drop\":[", "\"weight_drop\":[1,"), {"weight_drop"}},
      {Replaced(categories, "\"categories_nodes\":[0", "\"categories_nodes\":[99999"),
       {"categories_nodes"}},
      {Replaced(categories, "\"categories_sizes\":[", "\"categories_sizes\":[9999"),
       {"categories_sizes"}},
      {"{}", {"no \"learner\""}},
      {json.substr(0, json.size() / 2), {"complete JSON"}},
      {"", {"empty"}},
      {"   ", {"empty"}},
      {"{L\x7f\xff\xff\xff\xff\xff\xff\xff", {"more than what is left"}},
      {"{i\x07learnerZ} ", {"more after its end"}},
      {std::string(1000, '['), {"save_model"}},
      {"{i\x01"
       "a" +
           std::string(1000, '['),
       {"too deep"}},
      {"{\"a\":" + std::string(1000, '['), {"too deep"}},
      {R"({"a":nan})", {"no value"}},
      {R"({"a":1,})", {"no name"}},
      {R"({"a":[1,"b"]})", {"no value"}},
      {R"({"a":"\ud800"})", {"half a character"}},
      {R"({"a":"\u12"})", {"four digits"}},
      {R"({"a" 1})", {"no ':'"}},
      {R"({} {})", {"more after its end"}},
  };
  for (const auto& [content, parts] : cases) {
    const TestFile file("refused.json", content);
    const auto loaded = TryLoad(file.Path());
    ASSERT_FALSE(loaded) << content.substr(0, 80);
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
    EXPECT_EQ(loaded.Error().Detail().find('/'), std::string::npos) << "a path for clients to read";
    EXPECT_TRUE(Says(loaded.Error(), "refused.json")) << loaded.Error().what();
    for (const std::string& part : parts) {
      EXPECT_TRUE(Says(loaded.Error(), part)) << part << " is not in " << loaded.Error().what();
    }
  }
}

TEST(XgboostRuntime, RefusesWhereNothingCanBeRead) {
  EXPECT_TRUE(Says(TryLoad("/dev/zero").Error(), "no kind"));
  const fs::path link = fs::path(::testing::TempDir()) / "endless.ubj";
  fs::remove(link);
  fs::create_symlink("/dev/zero", link);
  EXPECT_TRUE(Says(TryLoad(link).Error(), "no regular file"));
  fs::remove(link);
}

TEST(XgboostRuntime, RefusesOptionsThatItDoesNotHave) {
  const std::vector<std::pair<LoadOptions, std::string>> cases = {
      {{.settings = {{"output", "leaf"}}}, "\"value\" or \"margin\""},
      {{.settings = {{"rounds", "5"}}}, "\"all\" or \"best\""},
      {{.settings = {{"round", "best"}}}, "\"output\" and \"rounds\""},
      {{.providers = {"CUDAExecutionProvider"}}, "run on the CPU"},
      {{.settings = {{"rounds", "best"}}}, "did not stop early"},
  };
  for (const auto& [options, part] : cases) {
    const auto loaded = TryLoad(Models() / "squarederror.json", options);
    ASSERT_FALSE(loaded) << part;
    EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
  }
}

}  // namespace
}  // namespace tenon::xgboost
