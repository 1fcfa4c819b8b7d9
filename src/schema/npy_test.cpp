// SPDX-License-Identifier: Apache-2.0
#include "schema/npy.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "schema/npz.hpp"
#include "schema/zip.hpp"

namespace tenon::schema {
namespace {

using Shape = std::vector<std::int64_t>;

// An array as numpy writes it, from the text of its header and its bytes.
std::string Npy(std::string_view header, std::string_view elements, char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  const std::string text = std::string(header) + "\n";
  bytes += static_cast<char>(text.size() & 0xFF);
  bytes += static_cast<char>(text.size() >> 8);
  if (version > 1) bytes.append(2, '\0');
  return bytes + text + std::string(elements);
}

std::string Header(std::string_view descr, std::string_view shape,
                   std::string_view order = "False") {
  return "{'descr': '" + std::string(descr) + "', 'fortran_order': " + std::string(order) +
         ", 'shape': " + std::string(shape) + ", }";
}

template <class T>
std::string Bytes(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

template <TensorElement T>
std::vector<T> ElementsOf(const AnyTensor& tensor) {
  const auto elements = tensor.Elements<T>();
  return {elements.begin(), elements.end()};
}

template <TensorElement T>
void ExpectRead(const std::string& bytes, const Shape& shape, const std::vector<T>& values) {
  const Result<AnyTensor> tensor = ReadNpy(bytes);
  ASSERT_TRUE(tensor) << tensor.Error().what();
  EXPECT_EQ(tensor->Type(), kElementTypeOf<T>);
  EXPECT_EQ(tensor->Shape(), shape);
  EXPECT_EQ(ElementsOf<T>(*tensor), values);
}

TEST(ReadNpy, ReadsTypesAndShapes) {
  ExpectRead<float>(Npy(Header("<f4", "(2, 2)"), Bytes<float>({1, 2, 3, 4})), {2, 2}, {1, 2, 3, 4});
  ExpectRead<double>(Npy(Header("<f8", "(1,)"), Bytes<double>({0.1})), {1}, {0.1});
  ExpectRead<double>(Npy(Header("<f8", "()"), Bytes<double>({0.1})), {}, {0.1});
  ExpectRead<std::int64_t>(Npy(Header("<i8", "(1,)"), Bytes<std::int64_t>({-9007199254740993})),
                           {1}, {-9007199254740993});
  ExpectRead<std::uint8_t>(Npy(Header("|u1", "(2,)"), "\x01\xff"), {2}, {1, 255});
  ExpectRead<bool>(Npy(Header("|b1", "(3,)"), std::string("\x00\x01\x07", 3)), {3},
                   {false, true, true});
  ExpectRead<float>(Npy(Header("<f2", "(3,)"), Bytes<std::uint16_t>({0x3C00, 0xC000, 0x0001})), {3},
                    {1, -2, 0x1p-24F});
  ExpectRead<float>(Npy(Header("<f4", "(0, 3)"), ""), {0, 3}, {});
  ExpectRead<std::uint16_t>(Npy(Header("=u2", "(1,)"), Bytes<std::uint16_t>({513})), {1}, {513});
  for (const char version : {'\2', '\3'}) {
    ExpectRead<float>(Npy(Header("<f4", "(1,)"), Bytes<float>({5}), version), {1}, {5});
  }
  // Another order of keys, other quotes, no comma at the end, a large length of Python 2.
  ExpectRead<std::uint8_t>(
      Npy("{\"shape\":(2L,),\"fortran_order\":True,\"descr\":\"|u1\"}   ", "ab"), {2}, {'a', 'b'});
}

TEST(ReadNpy, TurnsBigEndianAndFortranOrderAround) {
  ExpectRead<std::uint16_t>(Npy(Header(">u2", "(2,)"), "\x01\x02\x03\x04"), {2}, {0x102, 0x304});
  ExpectRead<float>(Npy(Header(">f4", "(1,)"), std::string("\x3f\x80\x00\x00", 4)), {1}, {1});
  ExpectRead<float>(Npy(Header(">f2", "(1,)"), std::string("\x3c\x00", 2)), {1}, {1});
  ExpectRead<float>(Npy(Header("<f4", "(2, 3)", "True"), Bytes<float>({1, 4, 2, 5, 3, 6})), {2, 3},
                    {1, 2, 3, 4, 5, 6});
  ExpectRead<std::int32_t>(
      Npy(Header("<i4", "(2, 1, 2)", "True"), Bytes<std::int32_t>({1, 3, 2, 4})), {2, 1, 2},
      {1, 2, 3, 4});
  ExpectRead<std::string>(Npy(Header("|S1", "(2, 2)", "True"), "acbd"), {2, 2},
                          {"a", "b", "c", "d"});
}

TEST(ReadNpy, ReadsTexts) {
  ExpectRead<std::string>(Npy(Header("<U2", "(2,)"), Bytes<std::uint32_t>({'a', 0, 0xDF, 0x1F600})),
                          {2}, {"a", "ß😀"});
  ExpectRead<std::string>(Npy(Header(">U1", "(1,)"), std::string("\0\0\0a", 4)), {1}, {"a"});
  ExpectRead<std::string>(Npy(Header("|S3", "(2,)"), std::string("ab\0\xC3\x9F\0", 6)), {2},
                          {"ab", "ß"});
  ExpectRead<std::string>(Npy(Header("<U3", "(1,)"), Bytes<std::uint32_t>({'a', 0, 'b'})), {1},
                          {std::string("a\0b", 3)});
}

TEST(ReadNpy, SaysWhatIsWrong) {
  const std::string four = Bytes<float>({1});
  struct Case {
    std::string bytes;
    ErrorCode code;
    std::string said;
  };
  const auto broken = ErrorCode::kMalformed;
  const auto invalid = ErrorCode::kInvalid;
  const std::vector<Case> cases = {
      {"", broken, "does not begin with"},
      {"PK\x03\x04", broken, "does not begin with"},
      {"\x93NUMPY", broken, "its header is cut"},
      {Npy(Header("<f4", "(1,)"), four, 4), broken, "its version is 4"},
      {Npy(Header("<f4", "(1,)"), four).substr(0, 40), broken, "its header is cut"},
      {Npy("", four), broken, "no dictionary"},
      {Npy("{'descr': '<f4'}", four), broken, "lacks"},
      {Npy("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}", four), broken, "neither"},
      {Npy("{'descr': '<f4', 'fortran_order': False, 'shape': [1]}", four), broken, "no tuple"},
      {Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", four), broken, "no tuple"},
      {Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", four), broken, "no tuple"},
      {Npy(Header("<f4", "(1,)") + "x", four), broken, "something follows"},
      {Npy("{'more': 1}", four), broken, "not known"},
      {Npy(Header("<f4", "(2,)"), four), broken, "says 2 elements of 4 bytes, and 4 bytes follow"},
      {Npy(Header("<f4", "()"), four + "x"), broken, "and 5 bytes follow"},
      {Npy(Header("<f4", "(4000000000, 4000000)"), four), broken, "bytes follow"},
      {Npy(Header("<f4", "(9223372036854775807, 9223372036854775807)"), four), broken,
       "more elements than there can be"},
      {Npy(Header("<f8", "(4611686018427387904,)"), four), broken,
       "more elements than there can be"},
      // An empty array, but for the other lengths.
      {Npy(Header("<f2", "(4000000000, 0, 4000000000)"), ""), broken,
       "more elements than there can be"},
      {Npy(Header("|O", "(1,)"), four), invalid, "pickled Python objects"},
      {Npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", four), invalid,
       "records"},
      {Npy(Header("<c8", "(1,)"), four), invalid, "complex numbers"},
      {Npy(Header("<M8[ns]", "(1,)"), four), invalid, "times"},
      {Npy(Header("<f16", "(1,)"), four), invalid, "'<f16' is not read"},
      {Npy(Header("|S0", "(1000000000,)"), ""), invalid, "'|S0' is not read"},
      {Npy(Header("<i3", "(1,)"), four), invalid, "'<i3' is not read"},
      {Npy(Header("f4", "(1,)"), four), invalid, "'f4' is not read"},
      {Npy(Header("|S1", "(1,)"), "\xff"), invalid, "Element 0 of the array is no text"},
      {Npy(Header("<U1", "(2,)"), Bytes<std::uint32_t>({'a', 0xD800})), invalid,
       "Element 1 of the array is no text"},
      {Npy(Header("<U1", "(1,)"), Bytes<std::uint32_t>({0x110000})), invalid, "is no text"},
  };
  for (const Case& test : cases) {
    const Result<AnyTensor> tensor = ReadNpy(test.bytes);
    ASSERT_FALSE(tensor) << test.said;
    EXPECT_EQ(tensor.Error().Code(), test.code) << tensor.Error().Detail();
    EXPECT_NE(tensor.Error().Detail().find(test.said), std::string::npos)
        << tensor.Error().Detail() << ", wanted " << test.said;
  }
}

template <TensorElement T>
AnyTensor Of(Shape shape, std::vector<T> values) {
  auto tensor = Tensor<T>::Create(std::move(shape));
  for (std::size_t i = 0; i < values.size(); ++i) tensor.data()[i] = values[i];
  return tensor;
}

TEST(WriteNpy, IsReadBack) {
  for (const AnyTensor& tensor :
       {Of<float>({2, 2}, {1, 2, 3, 4}), Of<double>({}, {0.5}), Of<std::int64_t>({0}, {}),
        Of<bool>({2}, {true, false}), Of<std::uint8_t>({1, 1, 1}, {7}),
        Of<std::string>({3}, {"a", "", "ß😀"})}) {
    std::string bytes;
    ASSERT_TRUE(WriteNpy(tensor, bytes));
    EXPECT_EQ(bytes.find('\n') % 64, 63U);
    const Result<AnyTensor> read = ReadNpy(bytes);
    ASSERT_TRUE(read) << read.Error().what();
    EXPECT_EQ(read->Type(), tensor.Type());
    EXPECT_EQ(read->Shape(), tensor.Shape());
    if (tensor.Type() == ElementType::kString) {
      EXPECT_EQ(ElementsOf<std::string>(*read), ElementsOf<std::string>(tensor));
    } else if (tensor.size() > 0) {
      EXPECT_EQ(std::memcmp(read->data(), tensor.data(), tensor.ByteSize()), 0);
    }
  }
}

TEST(WriteNpy, TextsThatPaddingBlowsUpAreRefused) {
  AnyTensor texts = AnyTensor::Create(ElementType::kString, {2000});
  texts.Strings()[0] = std::string(100'000, 'x');
  std::string bytes;
  const auto written = WriteNpy(texts, bytes);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.Error().Code(), ErrorCode::kTooLarge);
  EXPECT_EQ(bytes, "");
}

TEST(Npz, ArraysAreWrittenAndReadByName) {
  std::string bytes;
  ASSERT_TRUE(WriteNpz({{.name = "x", .tensor = Of<float>({2}, {1, 2})},
                        {.name = "größe", .tensor = Of<std::string>({1}, {"a"})}},
                       bytes));
  const auto arrays = ReadNpz(bytes);
  ASSERT_TRUE(arrays) << arrays.Error().what();
  ASSERT_EQ(arrays->size(), 2U);
  EXPECT_EQ(arrays->at(0).name, "x");
  EXPECT_EQ(ElementsOf<float>(arrays->at(0).tensor), (std::vector<float>{1, 2}));
  EXPECT_EQ(arrays->at(1).name, "größe");
}

TEST(Npz, SaysWhichArrayIsWrong) {
  std::string bytes;
  ZipWriter zip(bytes);
  zip.Add("x.npy", Npy(Header("|O", "(1,)"), "...."));
  zip.Finish();
  const auto arrays = ReadNpz(bytes);
  ASSERT_FALSE(arrays);
  EXPECT_TRUE(arrays.Error().Detail().starts_with("Array 'x': ")) << arrays.Error().Detail();
  EXPECT_EQ(ReadNpz("nothing").Error().Code(), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace tenon::schema
