#pragma once

// What goes in and what comes out. The fields are the JSON, the validation and the documentation.

#include <map>
#include <string>

#include <tenon/tenon.hpp>

namespace my_model {

struct Request {
  std::string text;

  static constexpr auto schema = tenon::Describe(
      tenon::Field<&Request::text>().Description("The text to judge.").MinLength(1));
};

struct Response {
  std::string label;
  double score = 0;
};

// The artifact: what training has found, as JSON in the model directory.
struct Weights {
  double bias = 0;
  std::map<std::string, double> words;
};

}  // namespace my_model
