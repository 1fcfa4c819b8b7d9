// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <tenon/tenon.hpp>
#include <vector>

namespace sentiment {

struct Request {
  std::string review;
};
struct Response {
  std::string label;
  double score = 0;
};

// Takes a batch: requests that wait together are answered by one call.
class Sentiment {
 public:
  std::vector<Response> Infer(std::span<const Request> batch) const {
    std::vector<Response> answers;
    for (const Request& request : batch) answers.push_back(Judge(request.review));
    return answers;
  }

 private:
  static Response Judge(std::string_view review) {
    constexpr std::array<std::string_view, 4> kGood = {"good", "great", "excellent", "love"};
    constexpr std::array<std::string_view, 4> kBad = {"bad", "poor", "terrible", "hate"};
    const auto found = [review](std::string_view word) {
      return review.find(word) != std::string_view::npos;
    };
    const auto good = std::count_if(kGood.begin(), kGood.end(), found);
    const auto bad = std::count_if(kBad.begin(), kBad.end(), found);
    if (good == bad) return {"neutral", 0};
    return {good > bad ? "positive" : "negative",
            static_cast<double>(good - bad) / static_cast<double>(good + bad)};
  }
};

}  // namespace sentiment

namespace area {

struct Request {
  double width;
  double height;

  // Limits stand in /openapi.json, and what breaks them is answered with 422.
  static constexpr auto schema = tenon::Describe(
      tenon::Field<&Request::width>().Minimum(0).Maximum(1e6).Description("In metres."),
      tenon::Field<&Request::height>().Minimum(0).Maximum(1e6).Description("In metres."));
};
struct Response {
  double area = 0;
  std::string unit;
};

// Synchronous: it runs on the compute pool, several at once because it is const.
class Area {
 public:
  explicit Area(std::string unit, double scale) : unit_(std::move(unit)), scale_(scale) {}

  Response Infer(const Request& rectangle) const {
    return {.area = rectangle.width * rectangle.height * scale_ * scale_, .unit = unit_};
  }

 private:
  std::string unit_;
  double scale_;
};

// Words `key=value` of the command line, by field.
struct Arguments {
  std::string unit = "m2";
  double scale = 1;
};

}  // namespace area

TENON_APPLICATION(sentiment, app) {
  return tenon::sagemaker::Driver(
      app.Bind<sentiment::Sentiment>({.batch = {.max_batch_size = 16}}));
}

TENON_APPLICATION(area, app, area::Arguments arguments) {
  return tenon::sagemaker::Driver(
      app.Bind<area::Area>({.name = "Area"}, arguments.unit, arguments.scale));
}
