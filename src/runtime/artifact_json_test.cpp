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

ArtifactJson JsonOf(const Model& model) {
  return {model, MakeArtifactTypes(model).Value(), "iris"};
}

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
  // What is no float is not infinite.
  for (const auto& [body, pointer] : std::vector<std::pair<std::string, std::string>>{
           {R"([{"age":1,"fare":1e39}])", "/0/fare"},
           {R"({"age":1e39})", "/age"},
           {R"({"inputs":{"age":1e39}})", "/inputs/age"}}) {
    SCOPED_TRACE(body);
    const auto large = json.Read(body);
    ASSERT_FALSE(large);
    ASSERT_EQ(large.Error().Faults().size(), 1U);
    EXPECT_EQ(large.Error().Faults()[0].pointer, pointer);
  }
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
      // A null elsewhere makes no row of a number.
      {one, R"({"y":null,"x":[1,2]})", ErrorCode::kInvalid, "/x/0"},
      {one, R"({"inputs":{"x":[["a",2]]}})", ErrorCode::kInvalid, "/inputs/x/0/0"},
      {one, R"({"instances":[[1,2],[3,"a"]]})", ErrorCode::kInvalid, "/instances/1/1"},
      {one, R"({"instances":[{"x":[1,2]},{"x":["a"]}]})", ErrorCode::kInvalid, "/instances/1/x/0"},
      {one, R"({"instances":[{"x":[1,2]},{"x":[1,2,3]}]})", ErrorCode::kInvalid, "/instances"},
      {one, R"({"instances":[[1,null],[1,2,3]]})", ErrorCode::kInvalid, "/instances/1"},
      {one, R"({"instances":[[1,null],["a",2]]})", ErrorCode::kInvalid, "/instances/1/0"},
      {one, R"({"instances":[[1,null],[1e39,2]]})", ErrorCode::kInvalid, "/instances/1/0"},
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
  const ArtifactJson json(model, types, "iris");
  auto y = Tensor<float>::Create({2});
  y[1] = 1.5F;
  const schema::Record answer = RecordOf(types.response, {y, Tensor<double>::Create({2, 2})});
  std::string text;
  json.Write(answer, {.layout = Layout::kTensors}, text);
  EXPECT_EQ(text, R"({"y":[0.0,1.5],"p":[[0.0,0.0],[0.0,0.0]]})");
  text.clear();
  json.Write(answer, {.layout = Layout::kRows}, text);
  EXPECT_EQ(text, R"({"predictions":[{"y":0.0,"p":[0.0,0.0]},{"y":1.5,"p":[0.0,0.0]}]})");

  const Model single = Make({kX}, {kY});
  const ArtifactTypes single_types = MakeArtifactTypes(single).Value();
  text.clear();
  ArtifactJson(single, single_types, "model")
      .Write(RecordOf(single_types.response, {y}), {.layout = Layout::kRows}, text);
  EXPECT_EQ(text, R"({"predictions":[0.0,1.5]})");
}

TEST(ArtifactJson, ReadsARowALine) {
  const ArtifactJson json =
      JsonOf(Make({Spec("x", ElementType::kFloat32, {kDynamic, 2}, {"age", "fare"})}, {kY}));
  for (const std::string body : {"[1,2]\n[3,null]", "\n {\"x\":[1,2]} \r\n\n{\"x\":[3,4]}\n",
                                 "{\"age\":1,\"fare\":2}\n{\"age\":3}\n"}) {
    SCOPED_TRACE(body);
    const Result<ArtifactRequest> request = json.ReadLines(body);
    ASSERT_TRUE(request) << request.Error().what();
    EXPECT_EQ(request->layout, Layout::kRows);
    EXPECT_EQ(TensorsOf(request->record)[0].Shape(), (Shape{2, 2}));
    EXPECT_EQ(FloatsOf(*request)[2], 3);
  }
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no line of JSON"},
      {"[1,2]\n[3\n,4]\n", "Line 2 of the body"},
      {"[1,2],[3\n,4]", "Line 1 of the body"},
  };
  for (const auto& [body, said] : cases) {
    const Result<ArtifactRequest> request = json.ReadLines(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.Error().Code(), ErrorCode::kMalformed);
    EXPECT_NE(request.Error().Detail().find(said), std::string::npos) << request.Error().Detail();
  }
  const Result<ArtifactRequest> wrong = json.ReadLines("[1,2]\n[3,\"a\"]");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.Error().Faults().at(0).pointer, "/1/1");
}

TEST(ArtifactJson, AnswersARowALine) {
  const Model model = Make({kX}, {kY, Spec("p", ElementType::kFloat64, {kDynamic, 2})});
  const ArtifactTypes types = MakeArtifactTypes(model).Value();
  const ArtifactJson json(model, types, "iris");
  std::string text;
  json.WriteLines(
      RecordOf(types.response, {Tensor<float>::Create({2}), Tensor<double>::Create({2, 2})}), text);
  EXPECT_EQ(text, "{\"y\":0.0,\"p\":[0.0,0.0]}\n{\"y\":0.0,\"p\":[0.0,0.0]}\n");
  text.clear();
  json.WriteLines(
      RecordOf(types.response, {Tensor<float>::Create({1}), Tensor<double>::Create({2, 2})}), text);
  EXPECT_EQ(text, "{\"y\":[0.0],\"p\":[[0.0,0.0],[0.0,0.0]]}\n");
}

TEST(ArtifactJson, ReadsAndAnswersTheOpenInferenceForm) {
  const Model model = Make({kX, Spec("n", ElementType::kInt64, {kDynamic})},
                           {kY, Spec("t", ElementType::kString, {kDynamic})});
  const ArtifactTypes types = MakeArtifactTypes(model).Value();
  const ArtifactJson json(model, types, "iris");
  const std::string n = R"({"name":"n","shape":[1],"datatype":"INT64","data":[9007199254740993]})";
  for (const std::string x :
       {R"("datatype":"FP32","data":[1,2])", R"("datatype":"FP32","data":[[1,2]])",
        R"("datatype":"FP64","data":[1.0,2])", R"("datatype":"INT8","data":[1,2])",
        R"("datatype":"FP16","data":[1,2])", R"("datatype":"FP32","data":"AACAPwAAAEA=")",
        R"("datatype":"FP16","data":"ADwAQA==")"}) {
    SCOPED_TRACE(x);
    const auto request =
        json.Read(R"({"id":"7","inputs":[)" + n + R"(,{"name":"x","shape":[1,2],)" + x +
                  R"(}],"outputs":[{"name":"y"}]})");
    ASSERT_TRUE(request) << request.Error().what() << request.Error().Faults().at(0).detail;
    const auto tensors = TensorsOf(request->record);
    ExpectFloats(FloatsOf(*request), {1, 2});
    EXPECT_EQ(tensors[0].Shape(), (Shape{1, 2}));
    EXPECT_EQ(tensors[1].Elements<std::int64_t>()[0], 9007199254740993);
    std::string text;
    auto y = Tensor<float>::Create({1});
    json.Write(RecordOf(types.response, {y, Tensor<std::string>::Create({1})}), *request, text);
    EXPECT_EQ(text, R"({"model_name":"iris","id":"7","outputs":[)"
                    R"({"name":"y","datatype":"FP32","shape":[1],"data":[0.0]}]})");
  }
  const ArtifactJson one = JsonOf(Make({kX}, {kY}));
  const auto missing =
      one.Read(R"({"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,null]}]})");
  ASSERT_TRUE(missing);
  ExpectFloats(FloatsOf(*missing), {1, kNan});
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"name":"z","shape":[1,2],"datatype":"FP32","data":[1,2]})", "/inputs/0/name"},
      {R"({"name":"x","shape":[1,2],"datatype":"F32","data":[1,2]})", "/inputs/0/datatype"},
      {R"({"name":"x","shape":[0,4611686018427387904,4],"datatype":"FP32","data":[]})",
       "/inputs/0/shape"},
      {R"({"name":"x","shape":[1,-2],"datatype":"FP32","data":[1,2]})", "/inputs/0/shape"},
      {R"({"name":"x","shape":[9223372036854775807,3],"datatype":"FP32","data":[1,2]})",
       "/inputs/0/shape"},
      {R"({"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2]})", "/inputs/0/data"},
      {R"({"name":"x","shape":[1,2],"datatype":"FP32","data":[1,"a"]})", "/inputs/0/data/1"},
      {R"({"name":"x","shape":[1,2],"datatype":"FP32","data":"AAA"})", "/inputs/0/data"},
      {R"({"name":"x","shape":[1,2],"datatype":"FP32","data":"AAAAAA=="})", "/inputs/0/data"},
      {R"({"name":"x","shape":[1,2],"datatype":"BYTES","data":["a","b"]})", "/inputs/0/data"},
      {R"({"name":"x","shape":[1,2],"datatype":"FP64","data":[1e39,1]})", "/inputs/0/data"},
  };
  for (const auto& [input, pointer] : cases) {
    SCOPED_TRACE(input);
    const auto request = one.Read(R"({"inputs":[)" + input + "]}");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.Error().Code(), ErrorCode::kInvalid);
    EXPECT_EQ(request.Error().Faults().at(0).pointer, pointer);
  }
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
