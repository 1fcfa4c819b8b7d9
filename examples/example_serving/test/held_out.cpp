// SPDX-License-Identifier: Apache-2.0
#include "held_out.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <tenon/schema/json.hpp>

namespace example_serving {

const std::vector<HeldOut>& HeldOutTexts() {
  static const std::vector<HeldOut> texts = [] {
    std::vector<HeldOut> read;
    std::ifstream file(EXAMPLE_TEST_DATA "/held_out.jsonl");
    for (std::string line; std::getline(file, line);) {
      read.push_back(tenon::schema::ReadJson<HeldOut>(line).Value());
    }
    return read;
  }();
  return texts;
}

std::vector<Span> SpansOf(const std::vector<Field>& fields) {
  std::vector<Span> spans;
  for (const Field& field : fields) spans.push_back({field.kind, field.begin, field.end});
  return spans;
}

std::string Characters(const std::string& text, std::int64_t begin, std::int64_t end) {
  std::string out;
  std::int64_t position = -1;
  for (const char byte : text) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) ++position;
    if (position >= begin && position < end) out.push_back(byte);
  }
  return out;
}

void SpanScore::Add(std::vector<Span> found, std::vector<Span> truth) {
  std::ranges::sort(found);
  std::ranges::sort(truth);
  std::vector<Span> both;
  std::ranges::set_intersection(found, truth, std::back_inserter(both));
  right_ += both.size();
  found_ += found.size();
  wanted_ += truth.size();
}

double SpanScore::F1() const {
  return 2.0 * static_cast<double>(right_) / static_cast<double>(found_ + wanted_);
}

}  // namespace example_serving
