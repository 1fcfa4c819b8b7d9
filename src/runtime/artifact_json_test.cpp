// SPDX-License-Identifier: Apache-2.0
#include "runtime/artifact_json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "tenon/testing/fake_runtime.hpp"

namespace tenon::runtime {
namespace {

using Shape = std::vector<std::int64_t>;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Model Make(std::vector<TensorSpec> inputs, std::vector<TensorSpec> outputs) {
  testing::FakeRuntime runtime("fake",
                               {.inputs = std::move(inputs), .outputs = std::move(outputs)});
  return Model(std::shared_ptr<const LoadedModel>(runtime.Load("fake", {}).Value()));
}

TensorSpec Spec(std::string name, ElementType type, Shape shape,
                std::vector<std::string> columns = {}) {
  return {.name = std::move(name),
          .element_type = type,
          .dimensions = std::move(shape),
          .symbols = {},
          .columns = std::move(columns)};
}

const TensorSpec kX = Spec("x", ElementType::kFloat32, {kDynamic, 2});
const TensorSpec kY = Spec("y", ElementType::kFloat32, {kDynamic});

ArtifactJson JsonOf(const Model& model) { return {model, MakeArtifactTypes(model).Value()}; }

std::vector<float> FloatsOf(const ArtifactRequest& request) {
  const std::vector<AnyTensor> tensors = TensorsOf(request.record);
  const auto elements = tensors.at(0).Elements<float>();
  return {elements.begin(), elements.end()};
}

void ExpectFloats(const std::vector<float>& found, const std::vector<float>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(found[i] == wanted[i] || (std::isnan(found[i]) && std::isnan(wanted[i])))
        << i << ": " << found[i] << ", not " << wanted[i];
  }
}

TEST(ArtifactJson, ReadsEveryForm) {
  const ArtifactJson json = JsonOf(Make({kX}, {kY}));
  struct Case {
    std::string body;
    Shape shape;
    std::vector<float> values;
    Layout layout;
  };
  const std::vector<Case> cases = {
      {R"({"x":[[1,2],[3,4]]})", {2, 2}, {1, 2, 3, 4}, Layout::kTensors},
      {R"({"inputs":{"x":[[1,2]]}})", {1, 2}, {1, 2}, Layout::kTensors},
      {R"({"inputs":[[1,2]]})", {1, 2}, {1, 2}, Layout::kTensors},
      {R"({"instances":[[1,2],[3,4]]})", {2, 2}, {1, 2, 3, 4}, Layout::kRows},
      {R"({"instances":[{"x":[1,2]},{"x":[3,4]}]})", {2, 2}, {1, 2, 3, 4}, Layout::kRows},
      {R"( [ [1,2], [3,4] ] )", {2, 2}, {1, 2, 3, 4}, Layout::kRows},
      {R"([{"x":[1,2]}])", {1, 2}, {1, 2}, Layout::kRows},
      {R"([1,2])", {1, 2}, {1, 2}, Layout::kRows},
      {R"([[1,null]])", {1, 2}, {1, kNan}, Layout::kRows},
      {R"({"x":[[null,2]]})", {1, 2}, {kNan, 2}, Layout::kTensors},
      {R"({"instances":[[1,2],[null,null]]})", {2, 2}, {1, 2, kNan, kNan}, Layout::kRows},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.body);
    const Result<ArtifactRequest> request = json.Read(test.body);
    ASSERT_TRUE(request) << request.Error().what();
    EXPECT_EQ(TensorsOf(request->record)[0].Shape(), test.shape);
    ExpectFloats(FloatsOf(*request), test.values);
    EXPECT_EQ(request->layout, test.layout);
  }
}

TEST(ArtifactJson, ReadsRowsByTheNamesOfTheirColumns) {
  const ArtifactJson json =
      JsonOf(Make({Spec("x", ElementType::kFloat32, {kDynamic, 2}, {"age", "fare"})}, {kY}));
  const std::vector<std::pair<std::string, std::vector<float>>> cases = {
      {R"({"age":1,"fare":2.5})", {1, 2.5F}},
      {R"({"fare":2,"age":null})", {kNan, 2}},
      {R"({"fare":2})", {kNan, 2}},
      {R"({"instances":[{"age":1,"fare":2},{"age":3,"fare":4}]})", {1, 2, 3, 4}},
      {R"([{"age":1,"fare":2}])", {1, 2}},
      {R"({"x":[[5,6]]})", {5, 6}},
      {R"([[5,6]])", {5, 6}},
  };
  for (const auto& [body, values] : cases) {
    SCOPED_TRACE(body);
    const Result<ArtifactRequest> request = json.Read(body);
    ASSERT_TRUE(request) << request.Error().what();
    ExpectFloats(FloatsOf(*request), values);
  }
  const auto wrong = json.Read(R"([{"age":1,"fare":2},{"age":3,"fear":4}])");
  ASSERT_FALSE(wrong);
  ASSERT_EQ(wrong.Error().Faults().size(), 1U);
  EXPECT_EQ(wrong.Error().Faults()[0].pointer, "/1/fear");
}

TEST(ArtifactJson, ReadsTextsWithoutTheirInnerDimension) {
  const ArtifactJson json = JsonOf(Make({Spec("text", ElementType::kString, {kDynamic, 1})}, {kY}));
  for (const std::string body : {R"({"instances":["a","b"]})", R"({"text":[["a"],["b"]]})",
                                 R"([["a"],["b"]])", R"(["a","b"])"}) {
    const Result<ArtifactRequest> request = json.Read(body);
    ASSERT_TRUE(request) << body << request.Error().what();
    const std::vector<AnyTensor> tensors = TensorsOf(request->record);
    EXPECT_EQ(tensors[0].Shape(), (Shape{2, 1})) << body;
    EXPECT_EQ(tensors[0].Strings()[1], "b");
  }
}

TEST(ArtifactJson, SaysWhereARequestIsWrong) {
  const ArtifactJson one = JsonOf(Make({kX}, {kY}));
  const ArtifactJson two = JsonOf(Make({kX, Spec("a/b", ElementType::kInt64, {kDynamic})}, {kY}));
  struct Case {
    const ArtifactJson& json;
    std::string body;
    ErrorCode code;
    std::string pointer;
  };
  const std::vector<Case> cases = {
      {one, "", ErrorCode::kMalformed, ""},
      {one, "[[1,2]", ErrorCode::kMalformed, ""},
      {one, R"({"instances":[[1,2]})", ErrorCode::kMalformed, ""},
      {one, "5", ErrorCode::kInvalid, ""},
      {one, R"({"y":[[1,2]]})", ErrorCode::kInvalid, "/x"},
      {one, R"({"x":[["a",2]]})", ErrorCode::kInvalid, "/x/0/0"},
      {one, R"({"inputs":{"x":[["a",2]]}})", ErrorCode::kInvalid, "/inputs/x/0/0"},
      {one, R"({"instances":[[1,2],[3,"a"]]})", ErrorCode::kInvalid, "/instances/1/1"},
      {one, R"({"instances":[{"x":[1,2]},{"x":["a"]}]})", ErrorCode::kInvalid, "/instances/1/x/0"},
      {one, R"({"instances":[{"x":[1,2]},{"x":[1,2,3]}]})", ErrorCode::kInvalid, "/instances"},
      {one, R"({"instances":[[1,null],[1,2,3]]})", ErrorCode::kInvalid, "/instances/1"},
      {one, R"({"instances":[[1,null],["a",2]]})", ErrorCode::kInvalid, "/instances/1/0"},
      {two, "[[1,2]]", ErrorCode::kInvalid, ""},
      {two, R"({"x":[[1,2]]})", ErrorCode::kInvalid, "/a~1b"},
      {two, R"([{"x":[1,2],"a/b":1.5}])", ErrorCode::kInvalid, "/0/a~1b"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.body);
    const Result<ArtifactRequest> request = test.json.Read(test.body);
    ASSERT_FALSE(request);
    EXPECT_EQ(request.Error().Code(), test.code) << request.Error().what();
    if (test.code == ErrorCode::kInvalid) {
      ASSERT_FALSE(request.Error().Faults().empty());
      EXPECT_EQ(request.Error().Faults()[0].pointer, test.pointer);
    }
  }
}

TEST(ArtifactJson, AnswersInTheLayoutOfTheRequest) {
  const Model model = Make({kX}, {kY, Spec("p", ElementType::kFloat64, {kDynamic, 2})});
  const ArtifactTypes types = MakeArtifactTypes(model).Value();
  const ArtifactJson json(model, types);
  auto y = Tensor<float>::Create({2});
  y[1] = 1.5F;
  const schema::Record answer = RecordOf(types.response, {y, Tensor<double>::Create({2, 2})});
  std::string text;
  json.Write(answer, Layout::kTensors, text);
  EXPECT_EQ(text, R"({"y":[0.0,1.5],"p":[[0.0,0.0],[0.0,0.0]]})");
  text.clear();
  json.Write(answer, Layout::kRows, text);
  EXPECT_EQ(text, R"({"predictions":[{"y":0.0,"p":[0.0,0.0]},{"y":1.5,"p":[0.0,0.0]}]})");

  const Model single = Make({kX}, {kY});
  const ArtifactTypes single_types = MakeArtifactTypes(single).Value();
  text.clear();
  ArtifactJson(single, single_types)
      .Write(RecordOf(single_types.response, {y}), Layout::kRows, text);
  EXPECT_EQ(text, R"({"predictions":[0.0,1.5]})");
}

TEST(ArtifactJson, ItsExampleIsReadBack) {
  const ArtifactJson json = JsonOf(Make({kX, Spec("t", ElementType::kString, {kDynamic})}, {kY}));
  EXPECT_EQ(json.Example(), R"({"x":[[0.0,0.0]],"t":["hello"]})");
  EXPECT_TRUE(json.Read(json.Example()));
  EXPECT_EQ(
      JsonOf(Make({Spec("image", ElementType::kUint8, {kDynamic, 3, 224, 224})}, {kY})).Example(),
      "");
}

TEST(MakeArtifactTypes, RefusesWhatJsonHasNoFormFor) {
  const auto types = MakeArtifactTypes(Make({Spec("h", ElementType::kFloat16, {kDynamic})}, {kY}));
  ASSERT_FALSE(types);
  EXPECT_NE(std::string(types.Error().what()).find("float16"), std::string::npos);
}

TEST(IsBatchable, WhereEveryLeadingDimensionIsFree) {
  const TensorSpec fixed = Spec("f", ElementType::kFloat32, {1, 2});
  EXPECT_TRUE(IsBatchable(Make({kX}, {kY})));
  EXPECT_FALSE(IsBatchable(Make({fixed}, {kY})));
  EXPECT_FALSE(IsBatchable(Make({kX}, {fixed})));
  EXPECT_FALSE(IsBatchable(Make({kX, Spec("s", ElementType::kFloat32, {})}, {kY})));
  EXPECT_FALSE(IsBatchable(Make({}, {kY})));
}

}  // namespace
}  // namespace tenon::runtime
