// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/record.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/openapi.hpp"

namespace tenon::schema {
namespace {

JsonText Json(const std::string& text) {
  return {.data = text.data(), .size = text.size(), .capacity = text.size()};
}

std::shared_ptr<const Type> Passenger() {
  auto cabin = TypeBuilder("Cabin").Add("deck", TypeOf<std::string>()).Build();
  return std::move(
             TypeBuilder("Passenger")
                 .Description("Somebody on board.")
                 .Add("age", TypeOf<double>(), {.minimum = 0})
                 .Add("small", TypeOf<std::uint8_t>(),
                      {.default_value = {.source = DefaultValue::Source::kInteger, .number = 7}})
                 .Add("fare \"paid\"", TypeOf<std::optional<float>>())
                 .Add("features", TypeOf<Tensor<float>>())
                 .Add("cabin", std::move(cabin)))
      .Build();
}

TEST(Record, IsReadAndWrittenLikeAStruct) {
  const auto type = Passenger();
  auto record = ReadRecord(
      type, Json(R"({"age":30,"features":[[1,2]],"cabin":{"deck":"C"},"fare \"paid\"":7.25})"));
  ASSERT_TRUE(record) << record.Error().what();
  EXPECT_EQ(record->Get<double>("age"), 30);
  EXPECT_EQ(record->Get<std::uint8_t>("small"), 7);
  EXPECT_EQ(record->Get<Tensor<float>>("features").Shape(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(WriteJson(*record),
            R"({"age":30.0,"small":7,"fare \"paid\"":7.25,"features":[[1.0,2.0]],)"
            R"("cabin":{"deck":"C"}})");
}

TEST(Record, IsCheckedLikeAStruct) {
  auto record = ReadRecord(Passenger(), Json(R"({"age":-1,"cabin":{}})"));
  ASSERT_FALSE(record);
  EXPECT_EQ(Verdict(std::move(record).Error()),
            "invalid\n/age: expected a number of at least 0, found -1\n"
            "/cabin/deck: required, but missing: expected a string\n"
            "/features: required, but missing: expected nested arrays of float32");
}

TEST(Record, HasASchemaLikeAStruct) {
  std::string schema;
  const auto type = Passenger();
  WriteJsonSchema(*type, schema);
  EXPECT_NE(schema.find(R"("age":{"type":"number","format":"double","minimum":0,)"),
            std::string::npos)
      << schema;
  EXPECT_NE(schema.find(R"("required":["age","features","cabin"])"), std::string::npos) << schema;
}

TEST(Record, CopiesAreDeepAndMovesAreNot) {
  Record first(Passenger());
  first.Get<std::optional<float>>("fare \"paid\"") = 1.0F;
  Record second = first;
  second.Get<std::optional<float>>("fare \"paid\"") = 2.0F;
  EXPECT_EQ(first.Get<std::optional<float>>("fare \"paid\""), 1.0F);
  const void* const place = second.Data();
  first = std::move(second);
  EXPECT_EQ(first.Data(), place);
  EXPECT_EQ(first.Get<std::optional<float>>("fare \"paid\""), 2.0F);
  Record assigned;
  assigned = first;
  EXPECT_NE(assigned.Data(), first.Data());
}

TEST(Record, RefusesAFieldThatItDoesNotHave) {
  Record record(Passenger());
  EXPECT_THROW(record.Get<double>("weight"), Error);
  EXPECT_THROW(record.Get<float>("age"), Error);
}

TEST(TypeBuilder, RefusesTwoFieldsOfOneNameAndTooMany) {
  EXPECT_THROW(TypeBuilder("T").Add("a", TypeOf<int>()).Add("a", TypeOf<int>()).Build(), Error);
  TypeBuilder many("T");
  for (int i = 0; i < 1025; ++i) many.Add("f" + std::to_string(i), TypeOf<int>());
  EXPECT_THROW(many.Build(), Error);
}

TEST(TypeBuilder, MakesRecordsOfAThousandFields) {
  TypeBuilder many("Wide");
  std::string json = "{";
  for (int i = 0; i < 1024; ++i) {
    many.Add("f" + std::to_string(i), TypeOf<std::int16_t>());
    // Backwards, which is the slow way.
    json += (i > 0 ? ",\"f" : "\"f") + std::to_string(1023 - i) + "\":" + std::to_string(1023 - i);
  }
  const auto type = many.Build();
  auto record = ReadRecord(type, Json(json + "}"));
  ASSERT_TRUE(record) << record.Error().what();
  EXPECT_EQ(record->Get<std::int16_t>("f777"), 777);
  EXPECT_FALSE(ReadRecord(type, Json(json + ",\"f1000\":1}")));
  EXPECT_FALSE(ReadRecord(type, Json(json.substr(0, json.rfind(',')) + "}")));
}

TEST(SameType, LooksAtWhatTypesAre) {
  EXPECT_TRUE(SameType(TypeOf<std::vector<int>>(), TypeOf<std::vector<int>>()));
  EXPECT_FALSE(SameType(TypeOf<std::vector<int>>(), TypeOf<std::vector<float>>()));
  EXPECT_FALSE(SameType(TypeOf<Tensor<float>>(), TypeOf<Tensor<double>>()));
}

}  // namespace
}  // namespace tenon::schema
