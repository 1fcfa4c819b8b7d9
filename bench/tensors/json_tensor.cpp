// SPDX-License-Identifier: Apache-2.0
// What the numbers of an image tensor (3 x 224 x 224) cost, in and out, beside what a parser, a
// formatter and a copy of memory need for the same alone.
//
//   json_tensor
//
// Bars: reading at most 1.5 x simdjson's on-demand parser filling a vector. Each line is the
// fastest of several runs; those of one pair take turns.
#include <fmt/compile.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/schema/bytes.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/schema/tensor.hpp"

namespace {

using tenon::Tensor;

constexpr std::size_t kElements = 3 * 224 * 224;
constexpr int kRounds = 30;

struct Image {
  Tensor<float> pixels;
};
struct Packed {
  tenon::Bytes pixels;
};

template <class F>
double Milliseconds(F run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "json_tensor: %s\n", what);
  std::exit(1);
}

template <class Own, class Other>
void Compare(const char* name, const char* other_name, std::size_t bytes, Own own, Other other) {
  double best = 1e9;
  double best_other = 1e9;
  for (int i = 0; i < kRounds; ++i) {
    best = std::min(best, Milliseconds(own));
    best_other = std::min(best_other, Milliseconds(other));
  }
  std::printf("| %s | %.3f | %.0f | %s | %.3f | %.2f |\n", name, best,
              static_cast<double>(bytes) / best / 1e3, other_name, best_other, best / best_other);
}

std::string BodyOf(const std::vector<float>& values) {
  std::string body = "{\"pixels\":[";
  for (const float value : values) {
    if (body.back() != '[') body += ',';
    fmt::format_to(std::back_inserter(body), FMT_COMPILE("{}"), value);
  }
  return body + "]}";
}

std::vector<float> Parsed(simdjson::ondemand::parser& parser, const simdjson::padded_string& text) {
  std::vector<float> values;
  auto document = parser.iterate(text);
  for (auto element : document["pixels"].get_array()) {
    values.push_back(static_cast<float>(double(element)));
  }
  return values;
}

void CompareReading(const char* name, const std::vector<float>& values) {
  const std::string body = BodyOf(values);
  std::string padded = body;
  padded.reserve(body.size() + 64);
  const simdjson::padded_string theirs(body);
  simdjson::ondemand::parser parser;
  std::size_t sum = 0;
  Compare(
      name, "simdjson on demand into a vector", body.size(),
      [&] {
        Image image;
        const auto read = tenon::schema::ReadJson(
            tenon::schema::TypeOf<Image>(), &image,
            {.data = padded.data(), .size = padded.size(), .capacity = padded.capacity()});
        if (!read || image.pixels.size() != values.size()) Fail("a tensor was not read");
        sum += image.pixels.size();
      },
      [&] { sum += Parsed(parser, theirs).size(); });
  if (sum != 2 * kRounds * values.size()) Fail("elements are missing");
}

void CompareBase64(const std::vector<float>& values) {
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()),
                               values.size() * sizeof(float));
  Packed packed;
  packed.pixels = tenon::Bytes::Copy(bytes);
  std::string body;
  tenon::schema::WriteJson(tenon::schema::TypeOf<Packed>(), &packed, body);
  body.reserve(body.size() + 64);
  std::vector<char> copy(bytes.size());
  Compare(
      "read base64 of it", "memcpy of its bytes", bytes.size(),
      [&] {
        Packed back;
        const auto read = tenon::schema::ReadJson(
            tenon::schema::TypeOf<Packed>(), &back,
            {.data = body.data(), .size = body.size(), .capacity = body.capacity()});
        if (!read || back.pixels.size() != bytes.size()) Fail("base64 was not read");
      },
      [&] { std::memcpy(copy.data(), bytes.data(), bytes.size()); });
  std::string out;
  Compare(
      "write base64 of it", "memcpy of its bytes", bytes.size(),
      [&] {
        out.clear();
        tenon::schema::WriteJson(tenon::schema::TypeOf<Packed>(), &packed, out);
      },
      [&] { std::memcpy(copy.data(), bytes.data(), bytes.size()); });
}

void CompareWriting(const std::vector<float>& values) {
  Image image{.pixels = Tensor<float>::Create({static_cast<std::int64_t>(values.size())})};
  std::ranges::copy(values, image.pixels.begin());
  std::string out;
  std::string theirs;
  Compare(
      "write floats", "fmt, shortest", BodyOf(values).size(),
      [&] {
        out.clear();
        tenon::schema::WriteJson(tenon::schema::TypeOf<Image>(), &image, out);
      },
      [&] {
        theirs.clear();
        for (const float value : values) {
          fmt::format_to(std::back_inserter(theirs), FMT_COMPILE("{},"), value);
        }
      });
}

}  // namespace

int main() {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> values(kElements);
  for (float& value : values) value = normal(random);
  std::vector<float> short_values(kElements);
  for (float& value : short_values) value = static_cast<float>(random() % 256);
  std::printf("| %zu elements | ms | MB/s | beside | ms | ratio |\n|---|---|---|---|---|---|\n",
              kElements);
  CompareReading("read floats", values);
  CompareReading("read whole numbers to 255", short_values);
  CompareWriting(values);
  CompareBase64(values);
  return 0;
}
