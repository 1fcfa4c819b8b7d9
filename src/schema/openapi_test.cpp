// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/openapi.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/describe.hpp"
#include "tenon/schema/json.hpp"

namespace other {
struct Request {
  int a = 0;
};
}  // namespace other

namespace tenon::schema {
namespace {

enum class Mode : std::uint8_t { kFast, kExact };

struct Request {
  std::string text;
  int k = 5;
  std::optional<Mode> mode;
  std::vector<Request> more;
  std::vector<int> list = {1};
  static constexpr auto schema =
      Describe("What is asked.", Field<&Request::text>().Description("A \"text\".").MaxLength(100),
               Field<&Request::k>().Default(5).Minimum(1).Maximum(10),
               Field<&Request::mode>().Default(Mode::kExact), Field<&Request::list>().Default());
};
struct Response {
  double score = 0;
};

template <class T>
std::string Schema() {
  std::string out;
  WriteJsonSchema(TypeOf<T>(), out);
  constexpr std::string_view kStart =
      R"({"$schema":"https://json-schema.org/draft/2020-12/schema")";
  EXPECT_TRUE(out.starts_with(kStart));
  EXPECT_EQ(Verdict<RawJson>(out), "") << out;
  out.erase(1, kStart.size() - 1);
  return out.starts_with("{,") ? out.erase(1, 1) : out;
}

TEST(JsonSchema, SaysWhatTheReaderTakes) {
  using Pair = std::array<bool, 2>;
  using Counts = std::map<std::string, std::uint8_t>;
  const struct {
    std::string schema;
    const char* expected;
  } cases[] = {
      {Schema<bool>(), R"({"type":"boolean"})"},
      {Schema<std::int8_t>(), R"({"type":"integer","minimum":-128,"maximum":127})"},
      {Schema<std::uint64_t>(), R"({"type":"integer","minimum":0,"maximum":18446744073709551615})"},
      {Schema<std::int64_t>(),
       R"({"type":"integer","format":"int64","minimum":-9223372036854775808,)"
       R"("maximum":9223372036854775807})"},
      {Schema<float>(),
       R"({"type":"number","format":"float","minimum":-3.4028235e+38,"maximum":3.4028235e+38})"},
      {Schema<std::string>(), R"({"type":"string"})"},
      {Schema<std::filesystem::path>(), R"({"type":"string","pattern":"^[^\\u0000]*$"})"},
      {Schema<Secret>(), R"({"type":"string","format":"password"})"},
      {Schema<RawJson>(), "{}"},
      {Schema<std::optional<bool>>(), R"({"anyOf":[{"type":"boolean"},{"type":"null"}]})"},
      {Schema<std::vector<std::string>>(), R"({"type":"array","items":{"type":"string"}})"},
      {Schema<Pair>(), R"({"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":2})"},
      {Schema<Counts>(), R"({"type":"object","additionalProperties":)"
                         R"({"type":"integer","minimum":0,"maximum":255}})"},
      {Schema<std::chrono::duration<std::int8_t>>(),
       R"({"type":"number","title":"seconds","multipleOf":1,"minimum":-128,"maximum":127})"},
      {Schema<std::chrono::duration<std::int8_t, std::milli>>(),
       R"({"type":"number","title":"seconds","minimum":-0.128,"maximum":0.127})"},
      {Schema<Mode>(),
       R"({"$ref":"#/$defs/Mode","$defs":{"Mode":{"type":"string","enum":["kFast","kExact"]}}})"},
      {Schema<Tensor<bool>>(),
       R"({"$ref":"#/$defs/Tensor_bool","$defs":{"Tensor_bool":{"description":)"
       R"("Nested arrays of equal length, or a single element.","anyOf":[{"type":"boolean"},)"
       R"({"type":"array","items":{"$ref":"#/$defs/Tensor_bool"}}]}}})"},
  };
  for (const auto& row : cases) EXPECT_EQ(row.schema, row.expected);
}

TEST(JsonSchema, RefersToStructsByName) {
  EXPECT_EQ(
      Schema<Request>(),
      R"({"$ref":"#/$defs/Request","$defs":{"Request":{"type":"object","description":)"
      R"("What is asked.","properties":{"text":{"type":"string","maxLength":100,"description":)"
      R"("A \"text\"."},"k":{"type":"integer","format":"int32","minimum":1,"maximum":10,)"
      R"("default":5},"mode":{"anyOf":[{"$ref":"#/$defs/Mode"},{"type":"null"}],)"
      R"("default":"kExact"},"more":{"type":"array","items":{"$ref":"#/$defs/Request"}},)"
      R"("list":{"type":"array","items":{"type":"integer","format":"int32",)"
      R"("minimum":-2147483648,"maximum":2147483647},"default":[1]}},)"
      R"("required":["text","more"]},"Mode":{"type":"string","enum":["kFast","kExact"]}}})");
}

struct Shaped {
  Tensor<std::uint8_t> image;
  Tensor<bool> scalar;
  static constexpr auto schema =
      Describe(Field<&Shaped::image>().Shape(-1, 2), Field<&Shaped::scalar>().Shape());
};

TEST(JsonSchema, NestsArraysAsDeepAsAShape) {
  EXPECT_NE(Schema<Shaped>().find(
                R"("image":{"type":"array","minItems":1,"items":{"type":"array","minItems":2,)"
                R"("maxItems":2,"items":{"type":"integer","minimum":0,"maximum":255}}},)"
                R"("scalar":{"type":"boolean"})"),
            std::string::npos)
      << Schema<Shaped>();
}

template <class T>
struct Pair {
  T a;
  T b;
};

TEST(JsonSchema, GivesTypesOfOneNameNamesOfTheirOwn) {
  struct Both {
    Request first;
    other::Request second;
    Pair<Pair<int>> third;
  };
  const std::string schema = Schema<Both>();
  EXPECT_NE(schema.find(R"("first":{"$ref":"#/$defs/Request"})"), std::string::npos);
  EXPECT_NE(schema.find(R"("second":{"$ref":"#/$defs/Request2"})"), std::string::npos);
  EXPECT_NE(schema.find(R"("Request2":{"type":"object","properties":{"a":)"), std::string::npos);
  // No characters that OpenAPI does not allow in a name.
  const std::size_t pair = schema.find(R"("third":{"$ref":"#/$defs/Pair_)");
  ASSERT_NE(pair, std::string::npos) << schema;
  const std::string name = schema.substr(pair, schema.find('}', pair) - pair);
  EXPECT_EQ(name.find_first_of("<>: ", 20), std::string::npos) << name;
}

struct Hidden {
  Secret token{"hunter2"};
  static constexpr auto schema = Describe(Field<&Hidden::token>().Default());
};

TEST(JsonSchema, DoesNotTellSecrets) {
  EXPECT_EQ(Schema<Hidden>().find("default"), std::string::npos);
}

OpenApiDocument Document() {
  return {.title = "Demo",
          .version = "1.2.3",
          .operations = {{.method = "POST",
                          .path = "/invocations",
                          .operation_id = "invoke",
                          .summary = "Asks the model.",
                          .request = &TypeOf<other::Request>(),
                          .response = &TypeOf<Response>()},
                         {.method = "GET",
                          .path = "/ping",
                          .operation_id = "ping",
                          .summary = "Health.",
                          .responses = {{.status = 503, .description = "Not ready."}}}}};
}

TEST(OpenApi, DescribesOperationsAndTheirUsualAnswers) {
  const std::string document = WriteOpenApi(Document());
  const auto problem = [](const std::string& status, const std::string& description) {
    return ",\"" + status + "\":{\"description\":\"" + description +
           R"(","content":{"application/problem+json":{"schema":)"
           R"({"$ref":"#/components/schemas/Problem"}}}})";
  };
  const std::string expected =
      R"({"openapi":"3.1.0","info":{"title":"Demo","version":"1.2.3"},"paths":{"/invocations":{)"
      R"("post":{"operationId":"invoke","summary":"Asks the model.","requestBody":{"required":)"
      R"(true,)"
      R"("content":{"application/json":{"schema":{"$ref":"#/components/schemas/Request"}}}},)"
      R"("responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":)"
      R"({"$ref":"#/components/schemas/Response"}}}})" +
      problem("400", "Malformed request") + problem("406", "Not acceptable") +
      problem("413", "Request too large") + problem("415", "Unsupported media type") +
      problem("422", "Invalid request") + problem("429", "Overloaded") +
      problem("500", "Internal error") + problem("503", "Unavailable") +
      problem("504", "Deadline exceeded") + problem("507", "Out of memory") +
      R"(}}},"/ping":{"get":{"operationId":"ping","summary":"Health.","responses":{"200":)"
      R"({"description":"The answer."})" +
      problem("500", "Internal error") + problem("503", "Not ready.") +
      R"(}}}},"components":{"schemas":{"Request":{"type":"object","properties":{"a":)"
      R"({"type":"integer","format":"int32","minimum":-2147483648,"maximum":2147483647}},)"
      R"("required":["a"]},"Response":{"type":"object","properties":{"score":{"type":"number",)"
      R"("format":"double","minimum":-1.7976931348623157e+308,"maximum":1.7976931348623157e+308}},)"
      R"("required":["score"]},"Problem":)";
  EXPECT_EQ(document.substr(0, expected.size()), expected);
  EXPECT_EQ(Verdict<RawJson>(document), "");
  EXPECT_EQ(WriteOpenApi(Document()), document) << "the same every time";
}

TEST(OpenApi, KeepsTheNameOfProblemsToItself) {
  struct Problem {
    int x = 0;
  };
  OpenApiDocument document = Document();
  document.operations[0].response = &TypeOf<Problem>();
  EXPECT_NE(WriteOpenApi(document).find(R"("$ref":"#/components/schemas/Problem2")"),
            std::string::npos);
}

TEST(OpenApi, PutsMethodsOfOnePathTogether) {
  OpenApiDocument document = Document();
  document.operations[1].path = "/invocations";
  const std::string text = WriteOpenApi(document);
  EXPECT_EQ(text.find("/invocations"), text.rfind("/invocations"));
}

}  // namespace
}  // namespace tenon::schema
