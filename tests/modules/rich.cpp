// SPDX-License-Identifier: Apache-2.0
// Answers with the request, whose struct has everything that a schema can say.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tenon/tenon.hpp>
#include <vector>

namespace {

enum class Colour { kRed, kGreen, kBlue };

struct Point {
  double x;
  double y;
  std::optional<std::string> label;

  static constexpr auto schema =
      tenon::Describe("A place.", tenon::Field<&Point::x>().Minimum(-180).Maximum(180),
                      tenon::Field<&Point::y>().ExclusiveMinimum(-90).ExclusiveMaximum(90));
};

struct Node {
  std::string name;
  std::vector<Node> children;

  static constexpr auto schema = tenon::Describe(tenon::Field<&Node::children>().Default());
};

struct Rich {
  bool flag;
  std::int8_t tiny;
  std::int64_t big;
  std::uint64_t huge;
  float single;
  double number;
  std::string text;
  std::optional<std::string> note;
  Colour colour;
  std::optional<Colour> background;
  Point place;
  std::vector<Point> path;
  std::vector<std::int32_t> numbers;
  std::array<double, 3> triple;
  std::map<std::string, std::int32_t> counts;
  std::map<std::string, Point> places;
  tenon::Bytes blob;
  std::chrono::milliseconds wait;
  tenon::Tensor<float> matrix;
  tenon::Tensor<std::int64_t> ids;
  tenon::RawJson extra;
  std::optional<Node> tree;
  std::int32_t k;

  static constexpr auto schema = tenon::Describe(
      "Everything that a field can be.",
      tenon::Field<&Rich::text>().Description("Some text.").MinLength(1).MaxLength(100),
      tenon::Field<&Rich::path>().MaxItems(5), tenon::Field<&Rich::numbers>().MinItems(1),
      tenon::Field<&Rich::matrix>().Shape(-1, 2), tenon::Field<&Rich::ids>().Shape(-1),
      tenon::Field<&Rich::wait>()
          .Minimum(std::chrono::milliseconds(0))
          .Maximum(std::chrono::hours(1)),
      tenon::Field<&Rich::k>().Default(5).Minimum(1).Maximum(10));
};

class Echo {
 public:
  tenon::Task<Rich> Infer(Rich rich) const { co_return rich; }
};

}  // namespace

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Echo>()); }
