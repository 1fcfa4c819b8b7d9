#pragma once

// What goes in and what comes out. The fields are the JSON, the validation and the documentation.

#include <map>
#include <string>
#include <vector>

#include <tenon/tenon.hpp>

namespace my_model {

struct Text {
  std::string text;

  static constexpr auto schema =
      tenon::Describe(tenon::Field<&Text::text>().Description("The text to judge.").MinLength(1));
};

// What the first component answers.
struct Label {
  std::string label;
  double score = 0;
};

// What the second component answers.
struct Numbers {
  std::vector<std::string> numbers;
};

// What the model answers.
struct Answer {
  std::string label;
  double score = 0;
  std::vector<std::string> numbers;
};

// The artifact of the first component: what training has found, as JSON in the model directory.
struct Weights {
  double bias = 0;
  std::map<std::string, double> words;
};

}  // namespace my_model
