// SPDX-License-Identifier: Apache-2.0
// JSON into objects of every kind. What was read, is written and read again, is the same; and what
// is JSON at all is what simdjson's own document parser says.
#include <simdjson.h>
#include <cmath>
#include <limits>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/schema/describe.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/record.hpp"

namespace tenon::schema {
namespace {

enum class Mode : std::uint8_t { kFast, kExact };

struct Node {
  std::string name;
  std::optional<double> value;
  std::vector<Node> nodes;
  std::map<std::string, Node> named;
};
struct Everything {
  bool b = false;
  std::int8_t i8 = 0;
  std::uint64_t u64 = 0;
  std::int64_t i64 = 0;
  float f = 0;
  double d = 0;
  std::string s;
  std::filesystem::path p;
  Mode e = Mode::kFast;
  std::chrono::nanoseconds ns{};
  std::chrono::minutes min{};
  Bytes y;
  RawJson r;
  std::vector<bool> vb;
  std::vector<float> vf;
  std::array<std::uint16_t, 2> a{};
  std::map<std::string, int> m;
  Tensor<float> t;
  Tensor<std::string> ts;
  Tensor<std::int32_t> shaped;
  Node n;

  // All of them may be left out, so that short inputs get far.
  static constexpr auto schema =
      Describe(Field<&Everything::b>().Default(), Field<&Everything::i8>().Default(3).Minimum(-5),
               Field<&Everything::u64>().Default(), Field<&Everything::i64>().Default(),
               Field<&Everything::f>().Default().Maximum(0.1F),
               Field<&Everything::d>().Default().ExclusiveMinimum(-1e300),
               Field<&Everything::s>().Default().MaxLength(9), Field<&Everything::p>().Default(),
               Field<&Everything::e>().Default(Mode::kExact), Field<&Everything::ns>().Default(),
               Field<&Everything::min>().Default(), Field<&Everything::y>().Default(),
               Field<&Everything::r>().Default(), Field<&Everything::vb>().Default(),
               Field<&Everything::vf>().Default().MaxItems(4), Field<&Everything::a>().Default(),
               Field<&Everything::m>().Default(), Field<&Everything::t>().Default(),
               Field<&Everything::ts>().Default(), Field<&Everything::shaped>().Default(),
               Field<&Everything::n>().Default());
};

void Require(bool holds, std::string_view what, std::string_view detail) {
  if (holds) return;
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(detail.size()), detail.data());
  std::abort();
}

// Whether a failure is one that the reader promises.
void CheckFailure(const Error& error) {
  const bool is_invalid = error.Code() == ErrorCode::kInvalid;
  Require(is_invalid || error.Code() == ErrorCode::kMalformed, "an unexpected code", error.what());
  Require(is_invalid != error.Faults().empty(), "faults", error.what());
  Require(error.Faults().size() <= kMaxFaults, "too many faults", error.what());
}

template <class T>
void CheckRoundTrip(std::string_view json) {
  auto first = ReadJson<T>(json);
  if (!first) return CheckFailure(first.Error());
  const std::string written = WriteJson(*first);
  auto second = ReadJson<T>(written);
  Require(second.Ok(), "what was written cannot be read", written);
  Require(WriteJson(*second) == written, "what was read again differs", written);
}

void CheckRecord(std::string_view json) {
  static const auto type = TypeBuilder("Record")
                               .Add("s", TypeOf<std::string>(), {.min_length = 1})
                               .Add("t", TypeOf<Tensor<double>>())
                               .Add("d", TypeOf<std::optional<double>>(), {.maximum = 0.5})
                               .Build();
  auto record =
      ReadRecord(type, {.data = json.data(), .size = json.size(), .capacity = json.size()});
  if (!record) return CheckFailure(record.Error());
  const std::string written = WriteJson(*record);
  Require(ReadRecord(type, {written.data(), written.size(), written.size()}).Ok(),
          "what was written cannot be read", written);
}

// simdjson's parser refuses numbers that neither 64 bits nor a double hold; RawJson takes them.
void CheckValidity(std::string_view json) {
  static simdjson::dom::parser parser;
  const auto document = parser.parse(json.data(), json.size());
  const auto ours = ReadJson<RawJson>(json);
  const auto theirs = document.error();
  if (theirs == simdjson::NUMBER_ERROR) return;
  const bool is_limit =
      !ours && (ours.Error().Detail().find("nested deeper") != std::string::npos ||
                ours.Error().Detail().find("surrogate") != std::string::npos);
  Require(ours.Ok() == (theirs == simdjson::SUCCESS) || is_limit, "validity differs",
          simdjson::error_message(theirs));
  double number = 0;
  if (ours && document.get_double().get(number) == simdjson::SUCCESS) {
    const auto read = ReadJson<double>(json);
    // We refuse what only rounds to the largest double; simdjson rounds.
    const bool is_beyond = !read && std::fabs(number) == std::numeric_limits<double>::max();
    Require((read && *read == number) || is_beyond, "numbers differ", json);
  }
}

}  // namespace
}  // namespace tenon::schema

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenon::schema;
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  CheckValidity(json);
  CheckRoundTrip<Everything>(json);
  CheckRoundTrip<Node>(json);
  CheckRoundTrip<std::optional<float>>(json);
  CheckRoundTrip<tenon::Tensor<double>>(json);
  CheckRoundTrip<std::vector<std::int16_t>>(json);
  CheckRoundTrip<std::string>(json);
  CheckRecord(json);
  return 0;
}
