// SPDX-License-Identifier: Apache-2.0
#include "schema/binary.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenon/schema/json.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::schema {
namespace {

enum class Colour : std::uint8_t { kRed, kBlue };

struct Inner {
  std::string name;
  std::vector<Inner> children;
};

struct Everything {
  bool flag = false;
  std::int8_t small = 0;
  std::uint64_t large = 0;
  std::int64_t negative = 0;
  float single = 0;
  double twice = 0;
  std::string text;
  std::filesystem::path path;
  RawJson raw;
  Colour colour = Colour::kRed;
  std::chrono::milliseconds duration{0};
  std::optional<int> maybe;
  std::optional<int> absent;
  std::vector<float> floats;
  std::vector<bool> bits;
  std::vector<std::string> words;
  std::array<int, 2> pair{};
  std::map<std::string, Inner> map;
  Bytes bytes;
  Tensor<float> tensor;
  Tensor<std::string> labels;
};

Everything Sample(std::size_t elements) {
  Everything value;
  value.flag = true;
  value.small = std::numeric_limits<std::int8_t>::min();
  value.large = std::numeric_limits<std::uint64_t>::max();
  value.negative = std::numeric_limits<std::int64_t>::min();
  value.single = 1.5F;
  value.twice = -2.25;
  value.text = std::string("nul \0 and \xC3\xA9", 12);
  value.path = "/a/b";
  value.raw.text = R"({"x": [1]})";
  value.colour = Colour::kBlue;
  value.duration = std::chrono::milliseconds(1234);
  value.maybe = -7;
  value.floats = {1, 2, 3};
  value.bits = {true, false, true};
  value.words = {"", "one", "two"};
  value.pair = {4, 5};
  value.map["a"] = {.name = "outer", .children = {{.name = "inner", .children = {}}}};
  value.bytes = Bytes::Copy(std::string(elements, 'b'));
  value.tensor = Tensor<float>::Create({2, static_cast<std::int64_t>(elements)});
  for (std::size_t i = 0; i < value.tensor.size(); ++i) {
    value.tensor[i] = static_cast<float>(i);
  }
  value.labels = Tensor<std::string>::Create({2});
  value.labels[0] = "x";
  return value;
}

// The payload as one run of bytes, at an aligned place.
std::shared_ptr<std::byte> Join(const std::string& text, const std::vector<SharedPart>& parts,
                                std::size_t size) {
  const std::shared_ptr<std::byte> joined(
      static_cast<std::byte*>(::operator new(size + 1, std::align_val_t(kTensorAlignment))),
      [](std::byte* p) { ::operator delete(p, std::align_val_t(kTensorAlignment)); });
  std::byte* to = joined.get();
  std::size_t from = 0;
  for (const SharedPart& part : parts) {
    to =
        std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + from, part.offset - from, to);
    to = std::copy(part.bytes.begin(), part.bytes.end(), to);
    from = part.offset;
  }
  std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + from, text.size() - from, to);
  return joined;
}

template <class To, class From>
Result<To> Through(const From& value) {
  std::string text;
  std::vector<SharedPart> parts;
  const std::size_t size = WriteBinary(TypeOf<From>(), &value, {text, parts});
  const auto joined = Join(text, parts, size);
  To to{};
  auto read = ReadBinary(TypeOf<To>(), &to, {joined.get(), size}, joined);
  if (!read) return std::move(read).Error();
  return to;
}

TEST(Binary, GivesBackWhatWasWritten) {
  for (const std::size_t elements : {0U, 3U, 2000U, 100'000U}) {
    const Everything value = Sample(elements);
    const Result<Everything> back = Through<Everything>(value);
    ASSERT_TRUE(back) << back.Error().what();
    EXPECT_EQ(WriteJson(*back), WriteJson(value)) << elements;
  }
}

TEST(Binary, NeitherCopiesLargeBytesNorTensors) {
  const Everything value = Sample(100'000);
  std::string text;
  std::vector<SharedPart> parts;
  const std::size_t size = WriteBinary(TypeOf<Everything>(), &value, {text, parts});
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].bytes.data(), value.bytes.data());
  EXPECT_EQ(static_cast<const void*>(parts[1].bytes.data()), value.tensor.data());
  EXPECT_LT(text.size(), 1000U);

  const auto joined = Join(text, parts, size);
  Everything back;
  ASSERT_TRUE(ReadBinary(TypeOf<Everything>(), &back, {joined.get(), size}, joined));
  const auto within = [&](const void* place) {
    return place >= joined.get() && place < joined.get() + size;
  };
  EXPECT_TRUE(within(back.bytes.data()));
  EXPECT_TRUE(within(back.tensor.data()));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(back.tensor.data()) % kTensorAlignment, 0U);
}

TEST(Binary, CopiesWhereNobodyOwnsTheBytes) {
  const Everything value = Sample(100'000);
  std::string text;
  std::vector<SharedPart> parts;
  const std::size_t size = WriteBinary(TypeOf<Everything>(), &value, {text, parts});
  const auto joined = Join(text, parts, size);
  Everything back;
  ASSERT_TRUE(ReadBinary(TypeOf<Everything>(), &back, {joined.get(), size}, nullptr));
  std::memset(joined.get(), 0xFF, size);
  EXPECT_EQ(WriteJson(back), WriteJson(value));
}

struct Old {
  int kept = 1;
  std::string gone = "old";
};
struct New {
  std::vector<Inner> added{{.name = "initial", .children = {}}};
  int kept = 2;
};

TEST(Binary, UnderstandsASideThatHasOtherFields) {
  const Result<New> forward = Through<New>(Old{.kept = 5, .gone = "x"});
  ASSERT_TRUE(forward) << forward.Error().what();
  EXPECT_EQ(forward->kept, 5);
  EXPECT_EQ(forward->added.at(0).name, "initial");
  const Result<Old> back = Through<Old>(New{.added = {{}, {}}, .kept = 6});
  ASSERT_TRUE(back) << back.Error().what();
  EXPECT_EQ(back->kept, 6);
  EXPECT_EQ(back->gone, "old");
}

struct Narrow {
  std::int8_t number = 0;
};
struct Wide {
  std::int64_t number = 0;
};
struct Worded {
  std::string number;
};
struct OrNothing {
  std::optional<std::int64_t> number;
};

TEST(Binary, WidensAndRefusesWhatDoesNotFit) {
  EXPECT_EQ(Through<Wide>(Narrow{-3})->number, -3);
  EXPECT_EQ(Through<Narrow>(Wide{-128})->number, -128);
  EXPECT_EQ(Through<OrNothing>(Wide{8})->number, 8);
  EXPECT_EQ(Through<Narrow>(Wide{128}).Error().Code(), ErrorCode::kMalformed);
  EXPECT_EQ(Through<Wide>(Worded{"1"}).Error().Code(), ErrorCode::kMalformed);
  EXPECT_EQ(Through<Wide>(OrNothing{}).Error().Code(), ErrorCode::kMalformed);
}

TEST(Binary, EveryCutIsRefused) {
  const Everything value = Sample(3);
  std::string text;
  std::vector<SharedPart> parts;
  const std::size_t size = WriteBinary(TypeOf<Everything>(), &value, {text, parts});
  for (std::size_t cut = 0; cut < size; ++cut) {
    Everything back;
    EXPECT_FALSE(ReadBinary(TypeOf<Everything>(), &back, std::as_bytes(std::span(text.data(), cut)),
                            nullptr))
        << cut;
  }
  text.push_back('\0');
  Everything back;
  EXPECT_FALSE(ReadBinary(TypeOf<Everything>(), &back, std::as_bytes(std::span(text)), nullptr));
}

TEST(Binary, NestingHasALimit) {
  Inner deep;
  for (int i = 0; i < 200; ++i) {
    Inner outer;
    outer.children.push_back(std::move(deep));
    deep = std::move(outer);
  }
  EXPECT_THROW(static_cast<void>(Through<Inner>(deep)), Error);
}

TEST(Binary, RefusesWhatCannotBeSent) {
  EXPECT_TRUE(CheckBinaryNames(TypeOf<Everything>()));
  EXPECT_FALSE(CheckBinaryNames(TypeOf<Record>()));
}

TEST(LayoutHash, TellsNamesAndKindsApart) {
  EXPECT_EQ(LayoutHash(TypeOf<Inner>()), LayoutHash(TypeOf<Inner>()));
  EXPECT_NE(LayoutHash(TypeOf<Narrow>()), LayoutHash(TypeOf<Wide>()));
  EXPECT_NE(LayoutHash(TypeOf<Old>()), LayoutHash(TypeOf<New>()));
}

}  // namespace
}  // namespace tenon::schema
