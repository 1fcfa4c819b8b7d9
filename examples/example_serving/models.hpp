// SPDX-License-Identifier: Apache-2.0
#pragma once

// What goes in and what comes out. Plain structs: their fields are the JSON, the validation and the
// documentation of every endpoint.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tenon/tenon.hpp>

namespace example_serving {

struct Text {
  std::string text;

  static constexpr auto schema =
      tenon::Describe(tenon::Field<&Text::text>()
                          .Description("A letter, a mail, or any other text.")
                          .MinLength(1)
                          .MaxLength(50'000));
};

// What the classifier answers.
struct Language {
  std::string language;  // ISO 639-1, or "und" for a text without letters.
  float score = 0;       // The probability that the classifier gives it.
};

// What the extractor is asked. Without a language it takes every kind of field that it knows.
struct Passage {
  std::string text;
  std::optional<std::string> language = {};
};

struct Field {
  std::string kind;  // address, amount, date, email, invoice, name, organisation or phone.
  std::string text;
  std::int64_t begin = 0;  // In characters (Unicode code points), not bytes.
  std::int64_t end = 0;    // One past the last.
};

// What the extractor answers.
struct Fields {
  std::vector<Field> fields;
};

// What the model of multi.cpp answers.
struct Letter {
  std::string language;
  float score = 0;
  std::vector<Field> fields;
};

// What its second model answers: a letter for each page, with offsets in the whole text.
struct Page {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  Letter letter;
};
struct Pages {
  std::vector<Page> pages;
};

}  // namespace example_serving
