// SPDX-License-Identifier: Apache-2.0
#include "plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tenon::bench {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 260;
constexpr double kLeft = 70;
constexpr double kRight = 20;
constexpr double kTop = 34;
constexpr double kBottom = 34;
constexpr int kSteps = 4;
constexpr std::array<std::string_view, 4> kColours = {"#0b6e99", "#c0392b", "#2e8b57", "#8e6bbf"};

// As people write it: 100,000 and not 1e+05.
std::string Label(double value) {
  if (value < 1'000) return fmt::format("{:.4g}", value);
  std::string digits = fmt::format("{:.0f}", value);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace

double RoundUp(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (value <= step * power) return step * power;
  }
  return 10 * power;
}

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '&': escaped += "&amp;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string ToSvg(const Plot& plot) {
  double first_x = std::numeric_limits<double>::infinity();
  double last_x = -std::numeric_limits<double>::infinity();
  double most_y = 0;
  for (const PlotLine& line : plot.lines) {
    for (const PlotPoint& point : line.points) {
      first_x = std::min(first_x, point.x);
      last_x = std::max(last_x, point.x);
      most_y = std::max(most_y, point.y);
    }
  }
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\">\n"
      "<text x=\"{2}\" y=\"18\" class=\"title\">{3}</text>\n",
      kWidth, kHeight, kLeft, Escape(plot.title));
  if (first_x > last_x) return svg + "<text x=\"70\" y=\"130\">nothing to show</text>\n</svg>\n";
  const double top = RoundUp(std::max(most_y, 1e-9));
  const double span = std::max(last_x - first_x, 1e-9);
  const auto x = [&](double value) {
    return kLeft + (value - first_x) / span * (kWidth - kLeft - kRight);
  };
  const auto y = [&](double value) {
    return kHeight - kBottom - value / top * (kHeight - kTop - kBottom);
  };
  for (int i = 0; i <= kSteps; ++i) {
    const double value = top * i / kSteps;
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>\n"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}{6}</text>\n",
        kLeft, kWidth - kRight, y(value), kLeft - 6, y(value) + 4, Label(value),
        i == kSteps ? " " + Escape(plot.y_unit) : "");
  }
  for (const PlotMark& mark : plot.marks) {
    if (mark.x < first_x || mark.x > last_x) continue;
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", x(mark.x),
                       kHeight - kBottom + 18, Escape(mark.text));
  }
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    const std::string_view colour = kColours[i % kColours.size()];
    svg +=
        fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"", colour);
    for (const PlotPoint& point : plot.lines[i].points) {
      svg += fmt::format("{:.1f},{:.1f} ", x(point.x), y(point.y));
    }
    svg += fmt::format("\"/>\n<text x=\"{}\" y=\"18\" fill=\"{}\" text-anchor=\"end\">{}</text>\n",
                       kWidth - kRight - 70 * static_cast<double>(i), colour,
                       Escape(plot.lines[i].name));
  }
  return svg + "</svg>\n";
}

}  // namespace tenon::bench
