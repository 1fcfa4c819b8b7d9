// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/artifact_formats.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/npy.hpp"
#include "schema/npz.hpp"
#include "tenon/testing/fake_runtime.hpp"

namespace tenon::runtime {
namespace {

using Shape = std::vector<std::int64_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

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

const TensorSpec kX = Spec("x", ElementType::kFloat32, {kDynamic, 3});
const TensorSpec kNamed = Spec("x", ElementType::kFloat32, {kDynamic, 3}, {"age", "fare", "size"});
const TensorSpec kY = Spec("y", ElementType::kFloat32, {kDynamic});

ArtifactFormats Formats(std::vector<TensorSpec> inputs, std::vector<TensorSpec> outputs = {kY},
                        const ArtifactContent& content = {}) {
  const Model model = Make(std::move(inputs), std::move(outputs));
  return {model, MakeArtifactTypes(model).Value(), content};
}

std::vector<double> NumbersOf(const AnyTensor& tensor) {
  std::vector<double> numbers;
  for (const float one : tensor.Elements<float>()) numbers.push_back(one);
  for (const double one : tensor.Elements<double>()) numbers.push_back(one);
  for (const auto one : tensor.Elements<std::int64_t>())
    numbers.push_back(static_cast<double>(one));
  return numbers;
}

// What was read, or the fault with its first place.
std::string Fault(const Result<ArtifactRequest>& request) {
  if (request) return "none";
  const Error& error = request.Error();
  if (error.Faults().empty()) return error.Detail();
  return error.Faults()[0].pointer + " " + error.Faults()[0].detail;
}

void ExpectTensor(const AnyTensor& tensor, const Shape& shape, const std::vector<double>& wanted) {
  EXPECT_EQ(tensor.Shape(), shape);
  const std::vector<double> found = NumbersOf(tensor);
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(found[i] == wanted[i] || (std::isnan(found[i]) && std::isnan(wanted[i])))
        << i << ": " << found[i];
  }
}

TEST(ArtifactFormats, ReadsCsvWithHeaderAndWithout) {
  struct Case {
    const TensorSpec& input;
    std::string body;
    TableHeader header;
    Shape shape;
    std::vector<double> values;
  };
  const std::vector<Case> cases = {
      {kX, "1,2,3\n4,5,6\n", TableHeader::kLook, {2, 3}, {1, 2, 3, 4, 5, 6}},
      {kX, "1,,nan", TableHeader::kLook, {1, 3}, {1, kNan, kNan}},
      {kX, "a,b,c\n1,2,3", TableHeader::kLook, {1, 3}, {1, 2, 3}},
      {kX, "a,b,c\n1,2,3", TableHeader::kPresent, {1, 3}, {1, 2, 3}},
      {kX, "7,8,9\n1,2,3", TableHeader::kPresent, {1, 3}, {1, 2, 3}},
      {kX, ",,\n1,2,3", TableHeader::kLook, {2, 3}, {kNan, kNan, kNan, 1, 2, 3}},
      {kNamed, "1,2,3\n", TableHeader::kLook, {1, 3}, {1, 2, 3}},
      {kNamed, "size,age,fare\n3,1,2\n6,4,5", TableHeader::kLook, {2, 3}, {1, 2, 3, 4, 5, 6}},
      {kNamed, "\"size\",age\n3,1", TableHeader::kLook, {1, 3}, {1, kNan, 3}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.body);
    const auto request = Formats({test.input}).Read(ContentType::kCsv, test.header, test.body);
    ASSERT_TRUE(request) << Fault(request);
    EXPECT_EQ(request->layout, Layout::kRows);
    ExpectTensor(TensorsOf(request->record)[0], test.shape, test.values);
  }
}

TEST(ArtifactFormats, SaysRowAndColumnOfWhatIsWrongInCsv) {
  struct Case {
    std::string body;
    std::string said;
  };
  const std::vector<Case> named = {
      {"1,2,3\n4,b,6\n", "/1/1 row 2, column 2: expected a number, found 'b'"},
      {"age,fare,size\n1,2,3\n4,b,6\n", "/1/1 row 3, column 2: expected a number, found 'b'"},
      {"1,2,3\n4,5\n", "/1 row 2: it has 2 columns, expected 3"},
      {"1,2,3,4\n", "/0 row 1: it has 4 columns, expected 3"},
      {"age,fear,size\n1,2,3\n", "the model has no column 'fear'. Did you mean 'fare'?"},
      {"age,age\n1,2\n", "'age' is there twice"},
      {"age,size\n1,2,3\n", "/0 row 2: it has 3 columns, expected 2"},
      {"1,2,1e39\n", "/0/2 row 1, column 3: '1e39' is too large for float32"},
      {"age,fare,size\n", "The body has no rows."},
      {"", "The body has no rows."},
      {"1,\"2,3\n", "row 1, column 2: its quote is not closed"},
  };
  const ArtifactFormats formats = Formats({kNamed});
  for (const Case& test : named) {
    const std::string fault = Fault(formats.Read(ContentType::kCsv, TableHeader::kLook, test.body));
    EXPECT_NE(fault.find(test.said), std::string::npos) << fault << ", wanted " << test.said;
  }
  const ArtifactFormats whole = Formats({Spec("n", ElementType::kInt64, {kDynamic, 2})});
  EXPECT_NE(
      Fault(whole.Read(ContentType::kCsv, TableHeader::kAbsent, "1,\n")).find("found nothing"),
      std::string::npos);
  std::string many;
  for (int i = 0; i < 30; ++i) many += "1,2,x\n";
  const auto faults = formats.Read(ContentType::kCsv, TableHeader::kAbsent, many);
  EXPECT_EQ(faults.Error().Faults().size(), 20U);
  EXPECT_EQ(faults.Error().OmittedFaults(), 10U);
}

TEST(ArtifactFormats, CellsAreTheElementsOfAllInputs) {
  const ArtifactFormats formats = Formats({Spec("text", ElementType::kString, {kDynamic, 1}),
                                           Spec("n", ElementType::kInt64, {kDynamic}),
                                           Spec("m", ElementType::kFloat32, {kDynamic, 2, 2})});
  const auto request = formats.Read(ContentType::kCsv, TableHeader::kLook,
                                    "\"a,b\",9007199254740993,1,2,3,4\nnan,2,5,6,7,8\n");
  ASSERT_TRUE(request) << Fault(request);
  const auto tensors = TensorsOf(request->record);
  EXPECT_EQ(tensors[0].Shape(), (Shape{2, 1}));
  EXPECT_EQ(tensors[0].Strings()[0], "a,b");
  EXPECT_EQ(tensors[0].Strings()[1], "nan");
  EXPECT_EQ(tensors[1].Elements<std::int64_t>()[0], 9007199254740993);
  ExpectTensor(tensors[2], {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  // Inputs of one column each are columns with names.
  const ArtifactFormats columns = Formats({Spec("city", ElementType::kString, {kDynamic, 1}),
                                           Spec("age", ElementType::kFloat32, {kDynamic, 1})});
  const auto ordered =
      columns.Read(ContentType::kCsv, TableHeader::kLook, "age,city\n3,Bonn\n,Ulm\n");
  ASSERT_TRUE(ordered) << Fault(ordered);
  EXPECT_EQ(TensorsOf(ordered->record)[0].Strings()[1], "Ulm");
  ExpectTensor(TensorsOf(ordered->record)[1], {2, 1}, {3, kNan});
  EXPECT_NE(Fault(columns.Read(ContentType::kCsv, TableHeader::kLook, "age\n3\n"))
                .find("the column 'city' is missing"),
            std::string::npos);
}

TEST(ArtifactFormats, AnOpenWidthIsThatOfTheFirstRow) {
  const ArtifactFormats formats = Formats({Spec("x", ElementType::kFloat32, {kDynamic, kDynamic})});
  const auto request = formats.Read(ContentType::kCsv, TableHeader::kLook, "1,2\n3,4\n5,6\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(TensorsOf(request->record)[0].Shape(), (Shape{3, 2}));
  EXPECT_NE(Fault(formats.Read(ContentType::kCsv, TableHeader::kLook, "1,2\n3\n"))
                .find("it has 1 columns, expected 2"),
            std::string::npos);
  const ArtifactFormats one = Formats({Spec("x", ElementType::kFloat32, {1, 2})});
  EXPECT_TRUE(one.Read(ContentType::kCsv, TableHeader::kLook, "1,2\n"));
  EXPECT_EQ(Fault(one.Read(ContentType::kCsv, TableHeader::kLook, "1,2\n3,4\n")),
            "The model takes 1 rows at once, found 2.");
}

TEST(ArtifactFormats, WhatASparseRowLeavesOutIsTheArtifactsMatter) {
  TensorSpec missing = kX;
  missing.absence = Absence::kMissing;
  const std::string body = "1 0:1.5 2:3\n0\n1:2\n";
  const auto zeros = Formats({kX}).Read(ContentType::kLibsvm, TableHeader::kLook, body);
  ASSERT_TRUE(zeros) << Fault(zeros);
  ExpectTensor(TensorsOf(zeros->record)[0], {3, 3}, {1.5, 0, 3, 0, 0, 0, 0, 2, 0});
  const auto holes = Formats({missing}).Read(ContentType::kLibsvm, TableHeader::kLook, body);
  ASSERT_TRUE(holes) << Fault(holes);
  ExpectTensor(TensorsOf(holes->record)[0], {3, 3},
               {1.5, kNan, 3, kNan, kNan, kNan, kNan, 2, kNan});
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1 0:1\n1 3:1", "/1 row 2: index 3, and the model has columns 0 to 2"},
      {"1 0:1 0:2", "/0 row 1: index 0 is there twice"},
      {"1 0:x", "/0/0 row 1, column 1: expected a number, found 'x'"},
      {"1 0", "row 1: '0' is no index:value"},
      {"# nothing", "The body has no rows."},
  };
  for (const auto& [text, said] : cases) {
    const std::string fault =
        Fault(Formats({kX}).Read(ContentType::kLibsvm, TableHeader::kLook, text));
    EXPECT_NE(fault.find(said), std::string::npos) << fault;
  }
}

TEST(ArtifactFormats, ATableThatWouldFillTheMemoryIsRefused) {
  const ArtifactFormats formats =
      Formats({Spec("x", ElementType::kFloat64, {kDynamic, 1'000'000})});
  std::string body;
  for (int i = 0; i < 100; ++i) body += "1\n";
  const auto request = formats.Read(ContentType::kLibsvm, TableHeader::kLook, body);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.Error().Code(), ErrorCode::kTooLarge);
}

std::string Npy(const AnyTensor& tensor) {
  std::string bytes;
  EXPECT_TRUE(schema::WriteNpy(tensor, bytes));
  return bytes;
}

TEST(ArtifactFormats, ArraysBecomeTheInputsType) {
  auto doubles = Tensor<double>::Create({3});
  doubles[1] = 0.1;
  const ArtifactFormats formats = Formats({kX});
  const auto row = formats.Read(ContentType::kNpy, TableHeader::kLook, Npy(doubles));
  ASSERT_TRUE(row) << Fault(row);
  EXPECT_EQ(row->layout, Layout::kTensors);
  ExpectTensor(TensorsOf(row->record)[0], {1, 3}, {0, 0.1F, 0});
  doubles[1] = 1e300;
  EXPECT_NE(Fault(formats.Read(ContentType::kNpy, TableHeader::kLook, Npy(doubles)))
                .find("does not fit the input \"x\": element 1"),
            std::string::npos);
  EXPECT_NE(Fault(formats.Read(ContentType::kNpy, TableHeader::kLook,
                               Npy(Tensor<std::string>::Create({3}))))
                .find("float32 cannot be made of string"),
            std::string::npos);
}

TEST(ArtifactFormats, ArraysOfAFileAreInputsByName) {
  const ArtifactFormats formats = Formats({kX, Spec("n", ElementType::kInt64, {kDynamic})});
  const auto read = [&](std::vector<schema::NamedTensor> arrays) {
    std::string bytes;
    EXPECT_TRUE(schema::WriteNpz(arrays, bytes));
    return formats.Read(ContentType::kNpz, TableHeader::kLook, bytes);
  };
  const AnyTensor x = Tensor<float>::Create({2, 3});
  const AnyTensor n = Tensor<std::int32_t>::Create({2});
  const std::vector<std::pair<std::string, std::string>> good = {{"x", "n"}, {"arr_0", "arr_1"}};
  for (const auto& [first, second] : good) {
    const auto request = read({{first, x}, {second, n}});
    ASSERT_TRUE(request) << Fault(request);
    EXPECT_EQ(TensorsOf(request->record)[1].Type(), ElementType::kInt64);
  }
  EXPECT_TRUE(read({{"n", n}, {"x", x}}));
  EXPECT_NE(Fault(read({{"x", x}})).find("no array 'n'"), std::string::npos);
  EXPECT_NE(Fault(read({{"x", x}, {"n", n}, {"nn", n}})).find("no input 'nn'"), std::string::npos);
}

TEST(ArtifactFormats, BareBytesHaveTheShapeThatIsDeclared) {
  const TensorSpec image = Spec("image", ElementType::kFloat32, {kDynamic, 2, kDynamic});
  EXPECT_FALSE(Formats({image}).IsRead(ContentType::kOctets));
  const ArtifactContent declared{.octets = OctetShape{ElementType::kUint8, {-1, 2, 2}}};
  const ArtifactFormats formats = Formats({image}, {kY}, declared);
  const auto request = formats.Read(ContentType::kOctets, TableHeader::kLook, "\1\2\3\4\5\6\7\10");
  ASSERT_TRUE(request) << Fault(request);
  ExpectTensor(TensorsOf(request->record)[0], {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_NE(Fault(formats.Read(ContentType::kOctets, TableHeader::kLook, "123")).find("3 bytes"),
            std::string::npos);
  const std::vector<float> row = {1, 2, 3};
  std::string bytes(12, '\0');
  std::memcpy(bytes.data(), row.data(), 12);
  const auto own = Formats({kX}).Read(ContentType::kOctets, TableHeader::kLook, bytes);
  ASSERT_TRUE(own) << Fault(own);
  ExpectTensor(TensorsOf(own->record)[0], {1, 3}, {1, 2, 3});
}

TEST(ArtifactFormats, WhatTheModelCannotBeAskedInIsLeftOutOrRefused) {
  const auto listed = [](const ArtifactFormats& formats, bool reads) {
    std::string names;
    for (const ContentType type : reads ? formats.Reads() : formats.Writes()) {
      names += std::string(NameOf(type).substr(NameOf(type).find('/') + 1)) + " ";
    }
    return names;
  };
  EXPECT_EQ(listed(Formats({kX}), true), "json jsonlines csv libsvm x-npy x-npz octet-stream ");
  EXPECT_EQ(listed(Formats({kX}), false), "json jsonlines csv x-npy x-npz octet-stream ");
  const TensorSpec text = Spec("t", ElementType::kString, {kDynamic});
  EXPECT_EQ(listed(Formats({text}, {kY, text}), true), "json jsonlines csv x-npy x-npz ");
  EXPECT_EQ(listed(Formats({text}, {kY, text}), false), "json jsonlines csv x-npz ");
  const TensorSpec open = Spec("o", ElementType::kFloat32, {kDynamic, kDynamic, kDynamic});
  EXPECT_EQ(listed(Formats({open}), true), "json jsonlines x-npy x-npz ");
  EXPECT_EQ(listed(Formats({open, kX}), true), "json jsonlines x-npz ");
  const TensorSpec scalar = Spec("s", ElementType::kFloat32, {});
  EXPECT_EQ(listed(Formats({kX, scalar}, {scalar}), true), "json x-npz ");
  EXPECT_EQ(listed(Formats({kX}, {kY}, {.types = {"text/csv"}}), true), "csv ");

  const auto why = [](std::vector<TensorSpec> inputs, ArtifactContent content) -> std::string {
    try {
      Formats(std::move(inputs), {kY}, content);
      return "nothing";
    } catch (const Error& error) {
      return error.what();
    }
  };
  EXPECT_NE(why({open}, {.types = {"text/csv"}}).find("'text/csv' in 'content_types'"),
            std::string::npos);
  EXPECT_NE(why({open}, {.types = {"application/octet-stream"}}).find("'octet_stream' say"),
            std::string::npos);
  EXPECT_NE(why({text}, {.octets = OctetShape{.shape = {-1}}}).find("one tensor of numbers"),
            std::string::npos);
  EXPECT_NE(why({kX}, {.octets = OctetShape{.shape = {-1, 4}}}).find("float32[?, 3]"),
            std::string::npos);
}

TEST(ArtifactFormats, ItsExamplesAreRead) {
  const std::vector<std::vector<TensorSpec>> models = {
      {kX},
      {kNamed},
      {Spec("t", ElementType::kString, {kDynamic, 1})},
      {Spec("t", ElementType::kString, {kDynamic}), kX},
      {Spec("i", ElementType::kInt64, {1, 2, 2})},
      {Spec("b", ElementType::kBool, {kDynamic})},
      {Spec("d", ElementType::kFloat64, {kDynamic, kDynamic})}};
  for (const auto& inputs : models) {
    const ArtifactFormats formats = Formats(inputs, inputs);
    EXPECT_TRUE(formats.HasShortExample());
    for (const ContentType type : formats.Reads()) {
      SCOPED_TRACE(std::string(NameOf(type)) + " " + inputs[0].name);
      const auto request = formats.Read(type, TableHeader::kLook, formats.Example(type));
      ASSERT_TRUE(request) << Fault(request);
      EXPECT_EQ(TensorsOf(request->record).size(), inputs.size());
    }
  }
  EXPECT_FALSE(
      Formats({Spec("image", ElementType::kUint8, {kDynamic, 3, 224, 224})}).HasShortExample());
}

TEST(ArtifactFormats, AnswersInEveryForm) {
  const Model model = Make({kX}, {kY, Spec("p", ElementType::kFloat64, {kDynamic, 2})});
  const ArtifactTypes types = MakeArtifactTypes(model).Value();
  const ArtifactFormats formats(model, types);
  auto y = Tensor<float>::Create({2});
  y[0] = std::numeric_limits<float>::quiet_NaN();
  y[1] = 0.1F;
  const schema::Record answer = RecordOf(types.response, {y, Tensor<double>::Create({2, 2})});
  const auto written = [&](ContentType type, WrittenHeader header = WrittenHeader::kNone) {
    std::string text;
    const auto done = formats.Write(answer, {.layout = Layout::kRows}, type, header, text);
    return done ? text : done.Error().Detail();
  };
  EXPECT_EQ(written(ContentType::kJson),
            R"({"predictions":[{"y":null,"p":[0.0,0.0]},{"y":0.1,"p":[0.0,0.0]}]})");
  EXPECT_EQ(written(ContentType::kJsonLines),
            "{\"y\":null,\"p\":[0.0,0.0]}\n{\"y\":0.1,\"p\":[0.0,0.0]}\n");
  EXPECT_EQ(written(ContentType::kCsv), "nan,0.0,0.0\n0.1,0.0,0.0\n");
  EXPECT_EQ(written(ContentType::kCsv, WrittenHeader::kNames),
            "y,p_0,p_1\nnan,0.0,0.0\n0.1,0.0,0.0\n");
  const auto arrays = schema::ReadNpz(written(ContentType::kNpz)).Value();
  EXPECT_EQ(arrays[0].name, "y");
  EXPECT_EQ(arrays[1].tensor.Shape(), (Shape{2, 2}));

  const Model one = Make({kX}, {kY});
  const ArtifactTypes own = MakeArtifactTypes(one).Value();
  const ArtifactFormats single(one, own);
  std::string bytes;
  ASSERT_TRUE(single.Write(RecordOf(own.response, {y}), {}, ContentType::kNpy, {}, bytes));
  EXPECT_EQ(schema::ReadNpy(bytes).Value().Elements<float>()[1], 0.1F);
  bytes.clear();
  ASSERT_TRUE(single.Write(RecordOf(own.response, {y}), {}, ContentType::kOctets, {}, bytes));
  EXPECT_EQ(bytes.size(), 8U);
}

TEST(ArtifactFormats, AnAnswerThatIsNoTableIsSaid) {
  const Model model = Make({kX}, {kY, Spec("z", ElementType::kFloat32, {kDynamic})});
  const ArtifactTypes types = MakeArtifactTypes(model).Value();
  const ArtifactFormats formats(model, types);
  std::string text;
  const auto done = formats.Write(
      RecordOf(types.response, {Tensor<float>::Create({2}), Tensor<float>::Create({3})}), {},
      ContentType::kCsv, {}, text);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.Error().Code(), ErrorCode::kNotAcceptable);
  EXPECT_NE(done.Error().Detail().find("\"y\" has 2 rows and \"z\" has 3"), std::string::npos);
}

TEST(ContentType, NamesAreKnownInAnyCase) {
  EXPECT_EQ(ContentTypeOf("Text/CSV"), ContentType::kCsv);
  EXPECT_EQ(ContentTypeOf("application/x-jsonlines"), ContentType::kJsonLines);
  EXPECT_EQ(ContentTypeOf("text/x-libsvm"), ContentType::kLibsvm);
  EXPECT_EQ(ContentTypeOf("text/plain"), std::nullopt);
  for (const ContentType type : kContentTypes) {
    EXPECT_EQ(ContentTypeOf(NameOf(type)), type);
    EXPECT_EQ(NamesOf(type).front(), NameOf(type));
  }
}

}  // namespace
}  // namespace tenon::runtime
