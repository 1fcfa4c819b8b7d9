// SPDX-License-Identifier: Apache-2.0
#pragma once

// A line plot as SVG.

#include <string>
#include <string_view>
#include <vector>

namespace tenon::bench {

struct PlotPoint {
  double x = 0;
  double y = 0;
};
struct PlotLine {
  std::string name;
  std::vector<PlotPoint> points;
};
struct PlotMark {
  double x = 0;
  std::string text;
};
struct Plot {
  std::string title;
  std::string y_unit;
  std::vector<PlotMark> marks;  // Along the x axis.
  std::vector<PlotLine> lines;
};

// The y axis begins at 0. Texts are escaped. A plot without points says so.
std::string ToSvg(const Plot& plot);

// The next of 1, 2, 2.5, 5 times a power of ten; `value` is more than 0.
double RoundUp(double value);

// For text in HTML and SVG.
std::string Escape(std::string_view text);

}  // namespace tenon::bench
