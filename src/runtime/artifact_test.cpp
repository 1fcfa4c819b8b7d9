// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/artifact.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/test_directory.hpp"

namespace tenon::runtime {
namespace {

struct Case {
  std::vector<DirectoryEntry> entries;
  std::string chosen;  // File name; empty: an error.
  ErrorCode code = ErrorCode::kInternal;
  std::vector<std::string> said = {};
};

TEST(ChooseArtifact, TakesTheOneArtifactAndNamesWhatStandsInTheWay) {
  const auto directory = EntryType::kDirectory;
  const std::vector<Case> cases = {
      {{{"model.onnx"}}, "model.onnx"},
      {{{"MODEL.ONNX"}}, "MODEL.ONNX"},
      {{{"labels.txt"}, {"model.onnx"}, {"model.onnx.data"}, {"code", directory}}, "model.onnx"},
      {{{"._model.onnx"}, {".cache", directory}, {"model.onnx"}}, "model.onnx"},
      {{{"model.onnx"}, {"model.pkl"}}, "model.onnx"},
      {{}, "", ErrorCode::kNotFound, {"is empty", "/models", ".onnx (an ONNX model)"}},
      {{{".hidden"}}, "", ErrorCode::kNotFound, {"is empty"}},
      {{{"b.onnx"}, {"a.onnx"}, {"c.txt"}},
       "",
       ErrorCode::kInvalid,
       {"several artifacts", "a.onnx, b.onnx in /models", "name the file"}},
      {{{"labels.txt"}, {"inner", directory}},
       "",
       ErrorCode::kNotFound,
       {"no artifact", "inner/, labels.txt"}},
      {{{"folder.onnx", directory}}, "", ErrorCode::kNotFound, {"folder.onnx/"}},
      {{{".onnx"}}, "", ErrorCode::kNotFound, {"is empty"}},
      {{{"model.pkl"}}, "", ErrorCode::kInvalid, {"a Python pickle", "skl2onnx", "model.pkl"}},
      {{{"saved_model.pb"}, {"variables", directory}},
       "",
       ErrorCode::kInvalid,
       {"SavedModel", "tf2onnx"}},
      {{{"my_saved_model.pb"}}, "", ErrorCode::kNotFound, {"no artifact"}},
      {{{"pytorch_model.bin"}}, "", ErrorCode::kInvalid, {"PyTorch weights", "torch.onnx.export"}},
      {{{"other.bin"}}, "", ErrorCode::kNotFound, {"no artifact"}},
      {{{"model.cbm"}}, "", ErrorCode::kInvalid, {"a CatBoost model", "format='onnx'"}},
  };
  for (const Case& test : cases) {
    const Result<Artifact> found = ChooseArtifact("/models", test.entries);
    SCOPED_TRACE(test.entries.empty() ? "no entry" : test.entries.front().name);
    if (!test.chosen.empty()) {
      ASSERT_TRUE(found) << found.Error().what();
      EXPECT_EQ(found->path, std::filesystem::path("/models") / test.chosen);
      EXPECT_EQ(found->kind->runtime, "onnx");
      continue;
    }
    ASSERT_FALSE(found);
    EXPECT_EQ(found.Error().Code(), test.code);
    for (const std::string& part : test.said) {
      EXPECT_NE(std::string(found.Error().what()).find(part), std::string::npos)
          << "wanted " << part << " in " << found.Error().what();
    }
    EXPECT_EQ(found.Error().Detail().find('/'), std::string::npos) << "a path for clients to read";
  }
}

TEST(ChooseArtifact, LooksIntoFilesWhoseNameDoesNotTell) {
  struct Content {
    std::string name;
    std::string beginning;
    std::string runtime;  // Empty: no artifact.
  };
  const std::vector<Content> cases = {
      {"model.json", R"({"learner":{"attributes":{}}})", "xgboost"},
      {"model.JSON", " {\n  \"version\": [3, 2, 0]", "xgboost"},
      {"config.json", R"({"learner_rate":1})", ""},
      {"config.json", R"(["learner"])", ""},
      {"config.json", "{", ""},
      {"config.json", "", ""},
      {"model.ubj", "", "xgboost"},
      {"xgboost-model", "", "xgboost"},
      {"my-xgboost-model", "", ""},
      {"model.txt", "tree\nversion=v4\n", "lightgbm"},
      {"model.txt", "tree\r\nversion=v4\r\n", "lightgbm"},
      {"labels.txt", "tree\nhouse\n", ""},
      {"labels.txt", "", ""},
  };
  for (const auto& [name, beginning, runtime] : cases) {
    const std::vector<DirectoryEntry> entries = {{name, EntryType::kFile, beginning}};
    const Result<Artifact> found = ChooseArtifact("/models", entries);
    EXPECT_EQ(found ? found->kind->runtime : "", runtime) << name << ": " << beginning;
  }
}

TEST(ChooseArtifact, ListsOnlyTheFirstOfManyEntries) {
  std::vector<DirectoryEntry> entries;
  for (int i = 10; i < 40; ++i) entries.push_back({std::to_string(i) + ".txt"});
  const Result<Artifact> found = ChooseArtifact("/models", entries);
  ASSERT_FALSE(found);
  EXPECT_NE(found.Error().PrivateDetail().find("19.txt, and 20 more"), std::string::npos)
      << found.Error().PrivateDetail();
}

TEST(KnownArtifactKinds, EachIsEitherLoadableOrCarriesAdvice) {
  for (const ArtifactKind& kind : KnownArtifactKinds()) {
    EXPECT_NE(kind.runtime.empty(), kind.advice.empty()) << kind.suffix;
    const std::string stem = kind.suffix.starts_with('.') ? "m" : "";
    EXPECT_EQ(KindOfFileName(stem + std::string(kind.suffix)), &kind);
  }
}

TEST(FindArtifact, ReadsTheDisk) {
  const TestDirectory directory;
  EXPECT_NE(std::string(FindArtifact(directory.Path()).Error().what()).find("is empty"),
            std::string::npos);
  const Result<Artifact> missing = FindArtifact(directory.Path() / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.Error().Code(), ErrorCode::kNotFound);
  EXPECT_NE(missing.Error().PrivateDetail().find("nothing"), std::string::npos);

  const std::filesystem::path file = directory.Write("some.onnx", "x");
  EXPECT_EQ(FindArtifact(directory.Path()).Value().path, file);
  EXPECT_EQ(FindArtifact(file).Value().path, file);

  const Result<Artifact> unknown = FindArtifact(directory.Write("model.bin", "x"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.Error().Code(), ErrorCode::kInvalid);
}

TEST(FindArtifact, TellsAModelFromOtherFilesOfItsSuffix) {
  const TestDirectory directory;
  const auto labels = directory.Write("labels.txt", "cat\ndog\n");
  directory.Write("config.json", R"({"threshold":1})");
  EXPECT_EQ(FindArtifact(directory.Path()).Error().Code(), ErrorCode::kNotFound);
  const auto model = directory.Write("model.json", R"({"learner":{)" + std::string(1000, ' '));
  EXPECT_EQ(FindArtifact(directory.Path()).Value().path, model);
  // Who names a file means it; its runtime says what is wrong with it.
  EXPECT_EQ(FindArtifact(labels).Value().kind->runtime, "lightgbm");
}

TEST(FindArtifact, LooksOneFolderDeeperWhereADirectoryHasNone) {
  const TestDirectory directory;
  const std::filesystem::path inner = directory.Path() / "inner";
  std::filesystem::create_directories(inner / "deepest");
  std::filesystem::create_directories(directory.Path() / ".hidden");
  std::filesystem::create_directories(directory.Path() / "code");
  directory.Write(".hidden/model.onnx", "x");
  directory.Write("inner/deepest/model.onnx", "x");
  EXPECT_EQ(FindArtifact(directory.Path()).Error().Code(), ErrorCode::kNotFound);
  directory.Write("code/inference.pkl", "x");
  EXPECT_EQ(FindArtifact(directory.Path()).Error().Code(), ErrorCode::kInvalid);
  const auto model = directory.Write("inner/model.onnx", "x");
  EXPECT_EQ(FindArtifact(directory.Path()).Value().path, model);
  directory.Write("code/second.onnx", "x");
  const Result<Artifact> several = FindArtifact(directory.Path());
  ASSERT_FALSE(several);
  EXPECT_EQ(several.Error().Code(), ErrorCode::kInvalid);
  for (const char* name : {"inner/model.onnx", "code/second.onnx"}) {
    EXPECT_NE(several.Error().PrivateDetail().find(name), std::string::npos)
        << several.Error().PrivateDetail();
  }
  const auto own = directory.Write("own.onnx", "x");
  EXPECT_EQ(FindArtifact(directory.Path()).Value().path, own);
}

TEST(FindArtifact, ANameInsideAFileIsMissing) {
  const TestDirectory directory;
  const std::filesystem::path file = directory.Write("some.onnx", "x");
  EXPECT_EQ(FindArtifact(file / "inner").Error().Code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tenon::runtime
