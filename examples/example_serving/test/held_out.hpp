// SPDX-License-Identifier: Apache-2.0
#pragma once

// Texts that nothing was trained on, with what the trainer's own code answers to them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models.hpp"

namespace example_serving {

struct Span {
  std::string kind;
  std::int64_t begin = 0;
  std::int64_t end = 0;

  auto operator<=>(const Span&) const = default;
};

struct HeldOut {
  struct Answer {
    std::string language;
    float score = 0;
    std::vector<Span> fields;
  };
  std::string text;
  std::string language;                     // The truth.
  std::optional<std::vector<Span>> fields;  // The truth, of letters.
  Answer answer;                            // Of the trainer.
};

// All of tests/example/data/held_out.jsonl; read once.
const std::vector<HeldOut>& HeldOutTexts();

std::vector<Span> SpansOf(const std::vector<Field>& fields);

// The characters [begin, end) of a text, counted here in another way than the example does.
std::string Characters(const std::string& text, std::int64_t begin, std::int64_t end);

// Counts of exact spans, for precision and recall in one number.
class SpanScore {
 public:
  void Add(std::vector<Span> found, std::vector<Span> truth);
  double F1() const;

 private:
  std::size_t right_ = 0;
  std::size_t found_ = 0;
  std::size_t wanted_ = 0;
};

}  // namespace example_serving
