// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_config.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/artifact_labels.hpp"
#include "runtime/test_directory.hpp"

namespace tenon::app {
namespace {

namespace steps = runtime::steps;

class ArtifactConfigTest : public ::testing::Test {
 protected:
  Result<ArtifactConfig> Read(std::string_view text) const {
    return ReadArtifactConfig(directory_.Write("tenon.yaml", text));
  }
  // The fault, without the folder's path.
  std::string Fault(std::string_view text) const {
    const auto config = Read(text);
    if (config) return "none";
    std::string said = config.Error().Detail();
    const std::string folder = directory_.Path().string() + "/";
    while (said.find(folder) != std::string::npos) said.erase(said.find(folder), folder.size());
    return said;
  }

  const runtime::TestDirectory directory_;
};

TEST_F(ArtifactConfigTest, AnEmptyFileChangesNothing) {
  for (const char* text : {"", "# Only a comment.\n", "labels: [a]\npostprocess: [argmax]\n"}) {
    const auto config = Read(text);
    ASSERT_TRUE(config) << config.Error().what();
    EXPECT_EQ(config->serving.warm_up_runs, 1U);
    EXPECT_EQ(config->serving.batching, runtime::Batching::kRows);
    EXPECT_TRUE(config->file.ends_with("/tenon.yaml"));
  }
}

TEST_F(ArtifactConfigTest, ReadsEveryKey) {
  directory_.Write("labels.txt", "cat\r\ndog\nowl");
  const auto config = Read(R"(
name: digits
artifact: inner/model.onnx
labels: labels.txt
preprocess:
  - scale: {tensor: x, by: 0.5, add: -1}
  - normalise: {axis: 2, mean: [1, 2], std: [3, 4]}
postprocess:
  - keep: [y, z]
  - rename: {y: scores, z: other}
  - softmax: {tensor: scores}
  - sigmoid: {tensor: other}
  - top_k: {tensor: scores, k: 3}
  - threshold: {tensor: other, at: 0.75}
  - look_up
  - argmax
batching: {max_batch_size: 8, batch_wait_timeout_s: 0.002, max_concurrent_batches: 2}
warm_up: {runs: 3, rows: 16}
content_types: [application/json, text/csv]
octet_stream: {type: uint8, shape: [-1, 28, 28]}
settings:
  output: margin
  threads: 2
)");
  ASSERT_TRUE(config) << config.Error().what();
  EXPECT_EQ(config->name, "digits");
  EXPECT_EQ(config->artifact, "inner/model.onnx");
  EXPECT_EQ(*config->steps.labels, (std::vector<std::string>{"cat", "dog", "owl"}));
  ASSERT_EQ(config->steps.before.size(), 2U);
  const auto& scale = std::get<steps::ScaleStep>(config->steps.before[0].step);
  EXPECT_EQ(std::tuple(scale.tensor, scale.by, scale.add), std::tuple("x", 0.5, -1.0));
  EXPECT_TRUE(config->steps.before[0].place.ends_with("tenon.yaml:6"));
  const auto& normalise = std::get<steps::NormaliseStep>(config->steps.before[1].step);
  EXPECT_EQ(normalise.axis, 2U);
  EXPECT_EQ(normalise.deviation, (std::vector<double>{3, 4}));
  std::string names;
  for (const steps::Step& step : config->steps.after) names += std::string(NameOf(step.step)) + " ";
  EXPECT_EQ(names, "keep rename rename softmax sigmoid top_k threshold look_up argmax ");
  EXPECT_EQ(std::get<steps::TopKStep>(config->steps.after[5].step).k, 3U);
  EXPECT_EQ(std::get<steps::ThresholdStep>(config->steps.after[6].step).at, 0.75);
  EXPECT_TRUE(config->steps.after[7].place.ends_with("tenon.yaml:15"));
  EXPECT_EQ(config->serving.batch.max_batch_size, 8U);
  EXPECT_EQ(config->serving.batch.batch_wait_timeout, std::chrono::milliseconds(2));
  EXPECT_EQ(config->serving.batch.max_concurrent_batches, 2U);
  EXPECT_EQ(config->serving.warm_up_runs, 3U);
  EXPECT_EQ(config->serving.warm_up_rows, 16);
  EXPECT_EQ(config->content.types, (std::vector<std::string>{"application/json", "text/csv"}));
  ASSERT_TRUE(config->content.octets);
  EXPECT_EQ(config->content.octets->type, ElementType::kUint8);
  EXPECT_EQ(config->content.octets->shape, (std::vector<std::int64_t>{-1, 28, 28}));
  EXPECT_EQ(config->settings, (std::vector<std::pair<std::string, std::string>>{
                                  {"output", "margin"}, {"threads", "2"}}));
}

TEST_F(ArtifactConfigTest, OffTurnsBatchingAndWarmUpOff) {
  const auto config = Read("batching: off\nwarm_up: off\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->serving.batching, runtime::Batching::kOff);
  EXPECT_EQ(config->serving.warm_up_runs, 0U);
  EXPECT_EQ(Read("warm_up: 5\n")->serving.warm_up_runs, 5U);
}

TEST_F(ArtifactConfigTest, WhatIsWrongIsSaidWithLineAndNearestName) {
  directory_.Write("bad.txt", "cat\n\ndog\n");
  directory_.Write("bytes.txt", "cat\n\xff\n");
  directory_.Write("nothing.txt", "");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"name: x\nlabel: l.txt\n",
       "tenon.yaml:2: There is no key 'label' in tenon.yaml. Did you mean 'labels'?"},
      {"postproces: []\n", "Did you mean 'postprocess'?"},
      {"postprocess:\n  - softmx\n",
       "tenon.yaml:2: There is no key 'softmx' in 'postprocess'. Did you mean 'softmax'?"},
      {"postprocess:\n  - softmax\n  - top_k: {n: 3}\n",
       "tenon.yaml:3: There is no key 'n' in the step 'top_k'."},
      {"postprocess:\n  - top_k: {k: 0}\n", "tenon.yaml:2: 'k' says '0'; it takes a whole number"},
      {"postprocess:\n  - {softmax: , argmax: }\n",
       "tenon.yaml:2: Each step in 'postprocess' is "
       "one name, such as '- softmax'."},
      {"preprocess: [softmax]\n", "There is no key 'softmax' in 'preprocess'."},
      {"postprocess: softmax\n", "'postprocess' says 'softmax'; it takes a list of steps."},
      {"postprocess:\n  - threshold: {at: high}\n", "'at' says 'high'; it takes a number."},
      {"postprocess:\n  - threshold: {at: inf}\n", "'at' says 'inf'; it takes a number."},
      {"postprocess:\n  - keep\n", "'keep' takes a list of texts."},
      {"postprocess:\n  - rename: x\n", "'rename' says 'x'; it takes old names with new ones"},
      {"preprocess:\n  - normalise: {mean: [1, 2], std: 1}\n", "as many numbers in 'std' as in"},
      {"preprocess:\n  - normalise: {std: 0}\n", "tenon.yaml:2: 'std' is 0"},
      {"labels: none.txt\n", "tenon.yaml:1: The labels 'none.txt' cannot be read"},
      {"labels: bad.txt\n", "bad.txt:2: Each line is a label, and this one is empty."},
      {"labels: bytes.txt\n", "bytes.txt:2: This label is not UTF-8."},
      {"labels: nothing.txt\n", "There is no label in it."},
      {"labels: /etc/passwd\n", "'labels' says '/etc/passwd'; it takes a file beside this one."},
      {"labels: a/../../x\n", "it takes a file beside this one."},
      {"artifact: ../model.onnx\n", "'artifact' says '../model.onnx'; it takes a file beside"},
      {"labels: [a, b]\n", "no step in 'postprocess' uses them"},
      {"batching: on\n", "Here stands 'batching': keys with values."},
      {"batching: {max_batch: 3}\n", "Did you mean 'max_batch_size'?"},
      {"warm_up: often\n", "'warm_up' says 'often'; it takes a whole number"},
      {"warm_up: {rows: 0}\n", "'rows' says '0'"},
      {"content_types:\n  - application/json\n  - application/jason\n",
       "tenon.yaml:3: 'application/jason' in 'content_types' is not read. Did you mean "
       "'application/json'"},
      {"content_types: application/json\n", "it takes a list of texts."},
      {"octet_stream: uint8\n", "Here stands 'octet_stream': keys with values."},
      {"octet_stream: {type: uint8}\n", "tenon.yaml:1: 'octet_stream' needs a 'shape'"},
      {"octet_stream: {shape: 3}\n", "'shape' says '3'; it takes a list of lengths"},
      {"octet_stream: {shape: [0]}\n", "'shape' says '0'; it takes a list of lengths"},
      {"octet_stream: {shape: [-1, -1]}\n", "'shape' takes a list of lengths, of which one may be"},
      {"octet_stream: {type: unit8, shape: [1]}\n", "Did you mean 'uint8'"},
      {"octet_stream: {types: uint8}\n", "Did you mean 'type'?"},
      {"settings: fast\n", "'settings' says 'fast'; it takes keys with values."},
      {"- a\n", "Here stands tenon.yaml: keys with values."},
      {"name: x\nname: y\n", "tenon.yaml:2: 'name' is here twice; the first is in line 1."},
      {"name: [\n", "This is no YAML"},
  };
  for (const auto& [text, said] : cases) {
    EXPECT_NE(Fault(text).find(said), std::string::npos) << Fault(text) << "\nwanted " << said;
  }
}

TEST(SplitLabels, TakesLinesApart) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"a", {"a"}},
      {"a\nb\n", {"a", "b"}},
      {"a\r\nb\r\n", {"a", "b"}},
      {"\xEF\xBB\xBF"
       "a\nb",
       {"a", "b"}},
      {" a b \n#c", {" a b ", "#c"}},
      {"größe\n", {"größe"}},
  };
  for (const auto& [text, labels] : cases) EXPECT_EQ(SplitLabels(text, "l").Value(), labels);
}

}  // namespace
}  // namespace tenon::app
