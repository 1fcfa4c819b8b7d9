// SPDX-License-Identifier: Apache-2.0

// The plug-in as applications meet it, against what Python's lightgbm predicts for the same rows:
// tests/data/trees/make.py wrote both.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "golden.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/runtime/model.hpp"

namespace tenon::lightgbm {
namespace {

namespace fs = std::filesystem;

runtime::Environment& TestEnvironment() {
  static runtime::Environment environment(2, {TENON_TEST_RUNTIMES});
  return environment;
}

fs::path Models() { return trees::TreeData() / "lightgbm"; }

Result<std::shared_ptr<const runtime::LoadedModel>> TryLoad(const fs::path& path,
                                                            LoadOptions options = {}) {
  return TestEnvironment().Load(path, std::move(options));
}

Model Load(const std::string& name, LoadOptions options = {}) {
  return Model(TryLoad(Models() / name, std::move(options)).Value());
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

bool Says(const Error& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

constexpr double kRelative = 1e-12;

// While it stands, LightGBM's library is that file.
class LibraryScope {
 public:
  explicit LibraryScope(const char* file) { setenv("TENON_LIGHTGBM_LIBRARY", file, 1); }
  LibraryScope(const LibraryScope&) = delete;
  LibraryScope& operator=(const LibraryScope&) = delete;
  ~LibraryScope() { unsetenv("TENON_LIGHTGBM_LIBRARY"); }
};

TEST(LightgbmLibrary, PredictsWhatPythonPredictsWhereTenonDoesNot) {
  if (!fs::exists(TENON_TEST_LIGHTGBM_LIBRARY)) {
    GTEST_SKIP() << "LightGBM's library is not here: tools/dev/python.sh artifacts";
  }
  const LibraryScope scope(TENON_TEST_LIGHTGBM_LIBRARY);
  const fs::path path = Models() / "library" / "linear.txt";
  const auto golden = trees::ReadGolden<double>(path.string() + ".expected");
  const Model model(TryLoad(path).Value());
  EXPECT_EQ(model.Description(), "LightGBM v4 model, LightGBM's library");
  trees::ExpectGolden(model, golden.rows, golden.values, kRelative);
  trees::ExpectGolden(Model(TryLoad(path, {.settings = {{"output", "margin"}}}).Value()),
                      golden.rows, golden.margins, kRelative);
  const std::string text = ReadFile(Models() / "regression.txt");
  const std::vector<std::pair<std::string, std::string>> refused = {
      {Replaced(text, "objective=regression", "objective=new"), "Unknown objective"},
      {Replaced(text, "version=v4", "version=v9"), "older than the model's \"v9\""},
  };
  for (const auto& [content, part] : refused) {
    const fs::path odd = fs::path(::testing::TempDir()) / "odd.txt";
    std::ofstream(odd, std::ios::binary) << content;
    const auto loaded = TryLoad(odd);
    ASSERT_FALSE(loaded) << part;
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
    EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
    fs::remove(odd);
  }
}

TEST(LightgbmLibrary, SaysWhatToInstallWhereThereIsNone) {
  const LibraryScope scope("/nowhere/lib_lightgbm.so");
  const auto loaded = TryLoad(Models() / "library" / "linear.txt");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.Error().Code(), ErrorCode::kNotFound);
  for (const char* part :
       {"not installed", "pip install lightgbm", "linear models", "TENON_LIGHTGBM_LIBRARY"}) {
    EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
  }
}

TEST(LightgbmModel, PredictsWhatPythonPredicts) {
  std::size_t models = 0;
  for (const auto& entry : fs::directory_iterator(Models())) {
    const fs::path& path = entry.path();
    if (path.extension() != ".expected") continue;
    const std::string name = path.stem().string();
    SCOPED_TRACE(name);
    ++models;
    const auto golden = trees::ReadGolden<double>(path);
    trees::ExpectGolden(Load(name), golden.rows, golden.values, kRelative);
    trees::ExpectGolden(Load(name, {.settings = {{"output", "margin"}}}), golden.rows,
                        golden.margins, kRelative);
  }
  EXPECT_GE(models, 40U);
}

TEST(LightgbmModel, SaysWhatItTakesAndGives) {
  const Model one = Load("binary.txt");
  EXPECT_EQ(runtime::ToString(one.Inputs()[0]), "float64[rows, 6]");
  EXPECT_TRUE(one.Inputs()[0].columns.empty());
  EXPECT_EQ(runtime::ToString(one.Outputs()[0]), "float64[rows]");
  EXPECT_EQ(one.Description(), "LightGBM v4 model, binary sigmoid:1, 6 trees");
  EXPECT_EQ(runtime::ToString(Load("multiclass.txt").Outputs()[0]), "float64[rows, 3]");
}

TEST(LightgbmModel, GivesTheNamesOfItsFeatures) {
  const fs::path path = fs::path(::testing::TempDir()) / "named.txt";
  std::ofstream(path, std::ios::binary)
      << Replaced(ReadFile(Models() / "constant.txt"), "Column_0 Column_1", "age fare");
  EXPECT_EQ(
      Model(TryLoad(path).Value()).Inputs()[0].columns,
      (std::vector<std::string>{"age", "fare", "Column_2", "Column_3", "Column_4", "Column_5"}));
  fs::remove(path);
}

TEST(LightgbmModel, ReadsLinesThatEndTheWindowsWay) {
  std::string text;
  for (const char c : ReadFile(Models() / "binary.txt")) {
    if (c == '\n') text += '\r';
    text += c;
  }
  const fs::path folder = fs::path(::testing::TempDir()) / "lightgbm_windows";
  fs::create_directories(folder);
  std::ofstream(folder / "model.txt", std::ios::binary) << text;
  std::ofstream(folder / "labels.txt") << "no\nyes\n";
  const auto golden = trees::ReadGolden<double>(Models() / "binary.txt.expected");
  trees::ExpectGolden(Model(TryLoad(folder).Value()), golden.rows, golden.values, kRelative);
  fs::remove_all(folder);
}

TEST(LightgbmRuntime, RefusesWhatItWouldComputeWrongly) {
  const std::string text = ReadFile(Models() / "regression.txt");
  const std::string categories = ReadFile(Models() / "categories.txt");
  const std::string forest = ReadFile(Models() / "forest.txt");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {Replaced(text, "tree\n", "forest\n"), "first line"},
      {Replaced(forest, "version=v4", "version=v2"), "random forest in format \"v2\""},
      {Replaced(text, "max_feature_idx=5", "max_feature_idx=-1"), "max_feature_idx"},
      {Replaced(text, "max_feature_idx=5", "max_feature_idx=99999999999"), "max_feature_idx"},
      {Replaced(text, "max_feature_idx=5", "max_feature_idx=6"), "names 6 of 7"},
      {Replaced(text, "num_tree_per_iteration=1", "num_tree_per_iteration=0"), "in each round"},
      {Replaced(text, "num_tree_per_iteration=1", "num_tree_per_iteration=4"), "in each round"},
      {Replaced(text, "Tree=1", "Tree=2"), "tree 2 follows 1"},
      {Replaced(text, "num_leaves=12", "num_leaves=13"), "leaf_value"},
      {Replaced(text, "num_leaves=12", "num_leaves=999999999999"), "leaf_value"},
      {Replaced(text, "left_child=", "left_child=x"), "no number"},
      {Replaced(text, "left_child=", "left_child=1 "), "left_child"},
      {Replaced(text, "decision_type=", "decision_type=1"), "decision_type"},
      {Replaced(text, "split_feature=", "split_feature=9"), "feature 9"},
      {Replaced(categories, "cat_boundaries=0 2", "cat_boundaries=0 9999"), "cat_boundaries"},
      {Replaced(categories, "cat_boundaries=0 2", "cat_boundaries=2"), "cat_boundaries"},
      {Replaced(categories, "cat_threshold=", "cat_threshold=-"), "cat_threshold"},
      {Replaced(categories, "threshold=0", "threshold=77"), "threshold"},
      {text.substr(0, text.find("end of trees")), "not complete"},
      {"", "is empty"},
  };
  const fs::path path = fs::path(::testing::TempDir()) / "refused.txt";
  for (const auto& [content, part] : cases) {
    std::ofstream(path, std::ios::binary) << content;
    const auto loaded = TryLoad(path);
    ASSERT_FALSE(loaded) << part;
    EXPECT_EQ(loaded.Error().Code(), ErrorCode::kInvalid);
    EXPECT_EQ(loaded.Error().Detail().find('/'), std::string::npos) << "a path for clients to read";
    EXPECT_TRUE(Says(loaded.Error(), part)) << part << " is not in " << loaded.Error().what();
  }
  fs::remove(path);
}

TEST(LightgbmRuntime, RefusesOptionsThatItDoesNotHave) {
  const std::vector<std::pair<LoadOptions, std::string>> cases = {
      {{.settings = {{"output", "leaf"}}}, "\"value\" or \"margin\""},
      {{.settings = {{"rounds", "best"}}}, "there is \"output\""},
      {{.providers = {"CUDAExecutionProvider"}}, "run on the CPU"},
  };
  for (const auto& [options, part] : cases) {
    const auto loaded = TryLoad(Models() / "regression.txt", options);
    ASSERT_FALSE(loaded) << part;
    EXPECT_TRUE(Says(loaded.Error(), part)) << loaded.Error().what();
  }
}

}  // namespace
}  // namespace tenon::lightgbm
