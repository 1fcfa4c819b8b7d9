// SPDX-License-Identifier: Apache-2.0
#include "picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "canvas.hpp"
#include "report.hpp"

namespace tenon::tune {
namespace {

constexpr int kPanel = 320;  // Width of one plot.
constexpr int kRow = 260;    // Height of one function.
constexpr int kLeft = 64;    // Of a plot, for the scale.
constexpr int kTop = 50;
constexpr int kBottom = 30;

// The sign of micro has no letter here.
std::string Plain(double seconds) {
  std::string text = TimeText(seconds);
  if (const std::size_t at = text.find("µ"); at != std::string::npos) text.replace(at, 2, "u");
  return text;
}

// The area of one plot, with a frame, a title and the scale of y from 0 on.
class Panel {
 public:
  Panel(Canvas& canvas, int x, int y, std::string_view title, double most,
        std::string_view most_text)
      : canvas_(canvas), left_(x + kLeft), bottom_(y + kRow - kBottom), most_(most) {
    canvas.Text(left_, y + kTop - 18, title, Colour::kInk);
    for (int i = 0; i <= 4; ++i) {
      canvas.Fill(left_, bottom_ - kHeight * i / 4, kWidth, 1, Colour::kGrid);
    }
    canvas.Text(x, y + kTop - 4, most_text, Colour::kInk);
    canvas.Text(x + kLeft - 2 * Canvas::kLetterWidth, bottom_ - 6, "0", Colour::kInk);
    canvas.Fill(left_, bottom_, kWidth, 2, Colour::kInk);
  }

  // Places from 0 to 1 along the axis.
  int X(double share) const { return left_ + static_cast<int>(share * (kWidth - 6)); }
  int Y(double value) const {
    return bottom_ - static_cast<int>(most_ > 0 ? value / most_ * kHeight : 0);
  }
  void Label(double share, std::string_view text, Colour colour) {
    const int width = static_cast<int>(text.size()) * Canvas::kLetterWidth;
    canvas_.Text(std::max(left_ - 8, X(share) - width / 2), bottom_ + 8, text, colour);
  }
  int Bottom() const { return bottom_; }
  static constexpr int kWidth = kPanel - kLeft - 16;
  static constexpr int kHeight = kRow - kTop - kBottom;

 private:
  Canvas& canvas_;
  int left_;
  int bottom_;
  double most_;
};

void DrawCurve(Canvas& canvas, int x, int y, const BatchFunction& function) {
  double most = 0;
  for (const CurvePoint& point : function.curve) most = std::max(most, point.item_cost_s);
  Panel panel(canvas, x, y, "cost of an item by size", most, Plain(most));
  if (function.curve.empty()) return;
  const double last = std::log2(std::max(2.0, function.curve.back().size));
  const auto at = [&](double size) { return panel.X(std::log2(std::max(1.0, size)) / last); };
  int before_x = -1;
  int before_y = -1;
  for (const CurvePoint& point : function.curve) {
    const int px = at(point.size);
    const int py = panel.Y(point.item_cost_s);
    if (before_x >= 0) canvas.Line(before_x, before_y, px, py, Colour::kMain);
    canvas.Fill(px - 2, py - 2, 6, 6, Colour::kMain);
    before_x = px;
    before_y = py;
  }
  const int chosen = at(std::min(function.limit, function.curve.back().size));
  canvas.Fill(chosen, panel.Bottom() - Panel::kHeight, 2, Panel::kHeight, Colour::kChosen);
  panel.Label(0, "1", Colour::kInk);
  panel.Label(1, fmt::format("{:.0f}", function.curve.back().size), Colour::kInk);
  panel.Label(0.5, fmt::format("at most {:.0f}", function.limit), Colour::kChosen);
}

void DrawHistogram(Canvas& canvas, int x, int y, std::string_view title,
                   const Histogram& histogram) {
  double most = 0;
  for (const Bucket& bucket : histogram.buckets) most = std::max(most, bucket.count);
  Panel panel(canvas, x, y, title, most, fmt::format("{:.0f}", most));
  if (histogram.buckets.empty()) return;
  const auto count = static_cast<double>(histogram.buckets.size());
  const int width = std::max(2, static_cast<int>(Panel::kWidth / count) - 4);
  for (std::size_t i = 0; i < histogram.buckets.size(); ++i) {
    const double value = histogram.buckets[i].count;
    const int top = panel.Y(value);
    canvas.Fill(panel.X(static_cast<double>(i) / count) + 2, top, width, panel.Bottom() - top,
                Colour::kMain);
  }
  panel.Label(0.05, Plain(histogram.buckets.front().upper_s), Colour::kInk);
  const std::size_t middle = histogram.buckets.size() / 2;
  panel.Label(0.5, Plain(histogram.buckets[middle].upper_s), Colour::kInk);
  panel.Label(0.92, "more", Colour::kInk);
}

}  // namespace

std::string ToPng(std::span<const BatchFunction> functions) {
  functions = functions.first(std::min(functions.size(), kMostDrawn));
  Canvas canvas(3 * kPanel, kRow * static_cast<int>(std::max<std::size_t>(functions.size(), 1)));
  int y = 0;
  for (const BatchFunction& function : functions) {
    canvas.Text(16, y + 8,
                fmt::format("{} of {}, function {}: {:.0f} runs of {:.3g} items",
                            function.deployment, function.application, function.place,
                            function.runs.Count(), function.ItemsInARun()),
                Colour::kInk);
    DrawCurve(canvas, 0, y, function);
    DrawHistogram(canvas, kPanel, y, "waits of items", function.waits);
    DrawHistogram(canvas, 2 * kPanel, y, "times of runs", function.runs);
    y += kRow;
  }
  return canvas.Encode();
}

}  // namespace tenon::tune
