// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tenon::tune {
namespace {

constexpr int kBar = 40;

// A bar of eighths of a column.
std::string Bar(double value, double most) {
  static constexpr std::array<std::string_view, 8> kEighths = {"",  "▏", "▎", "▍",
                                                               "▌", "▋", "▊", "▉"};
  if (!(most > 0) || !(value > 0)) return {};
  const auto eighths = std::max(1L, std::lround(value / most * kBar * 8));
  std::string bar;
  for (long i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + std::string(kEighths[static_cast<std::size_t>(eighths % 8)]);
}

// The size whose range holds the limit.
std::size_t ChosenIndex(const BatchFunction& function) {
  std::size_t chosen = function.curve.size();
  for (std::size_t i = 0; i < function.curve.size(); ++i) {
    if (function.curve[i].size <= function.limit) chosen = i;
  }
  return chosen;
}

std::string CurveText(const BatchFunction& function) {
  if (function.curve.empty()) return "  Nothing is learned yet: no batch has run.\n";
  double most = 0;
  for (const CurvePoint& point : function.curve) most = std::max(most, point.item_cost_s);
  const std::size_t chosen = ChosenIndex(function);
  std::string text = "  What an item costs, by the size of its run\n";
  for (std::size_t i = 0; i < function.curve.size(); ++i) {
    const CurvePoint& point = function.curve[i];
    text += fmt::format("  {:>9.0f}  {:>9}  {}{}\n", point.size, TimeText(point.item_cost_s),
                        Bar(point.item_cost_s, most), i == chosen ? "  ← at most" : "");
  }
  const CurvePoint& first = function.curve.front();
  if (chosen == 0 || chosen == function.curve.size() || first.size != 1) return text;
  const double gain = first.item_cost_s / function.curve[chosen].item_cost_s;
  return text + fmt::format("  An item costs {:.2g} times less in a run of {:.0f} than alone.\n",
                            gain, function.curve[chosen].size);
}

std::string HistogramText(std::string_view title, const Histogram& histogram) {
  const double count = histogram.Count();
  if (count == 0) return {};
  std::string text = fmt::format("  {} (mean {}, half within {}, 99 % within {})\n", title,
                                 TimeText(histogram.Mean()), TimeText(histogram.Bound(0.5)),
                                 TimeText(histogram.Bound(0.99)));
  std::size_t first = histogram.buckets.size();
  std::size_t last = 0;
  double most = 0;
  for (std::size_t i = 0; i < histogram.buckets.size(); ++i) {
    if (histogram.buckets[i].count == 0) continue;
    first = std::min(first, i);
    last = i;
    most = std::max(most, histogram.buckets[i].count);
  }
  for (std::size_t i = first; i <= last; ++i) {
    const Bucket& bucket = histogram.buckets[i];
    text += fmt::format("  {:>9}  {:>8.0f}  {}\n",
                        std::isinf(bucket.upper_s) ? "more" : "≤ " + TimeText(bucket.upper_s),
                        bucket.count, Bar(bucket.count, most));
  }
  return text;
}

std::string CausesText(const BatchFunction& function) {
  const double all = std::accumulate(function.closed.begin(), function.closed.end(), 0.0);
  if (all == 0) return {};
  std::string text = "  Why batches began\n";
  for (std::size_t i = 0; i < kCauses.size(); ++i) {
    text += fmt::format("  {:>9.0f}  {:>6.1f} %  {}\n", function.closed[i],
                        100 * function.closed[i] / all, kCauses[i].text);
  }
  return text;
}

std::string WasteText(const BatchFunction& function) {
  std::string text;
  if (function.wasted_wait_s > 0) {
    text += fmt::format(
        "  Wasted wait: batches waited {} for company after their last item had come.\n"
        "  With batch_wait_timeout_s left out they would not: a busy model fills batches anyway.\n",
        TimeText(function.wasted_wait_s));
  } else {
    text += "  Wasted wait: none.\n";
  }
  if (function.stopped > 0) {
    text += fmt::format(
        "  {:.0f} items left before their run; {:.0f} of them had less time left than it takes.\n",
        function.stopped, function.hopeless);
  }
  return text;
}

}  // namespace

std::string TimeText(double seconds) {
  if (std::isinf(seconds)) return "more";
  if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3g} µs", seconds * 1e6);
  return fmt::format("{:.3g} ns", seconds * 1e9);
}

std::string ToText(std::span<const BatchFunction> functions) {
  std::string text;
  for (const BatchFunction& function : functions) {
    text += fmt::format("{}{} of {}, batched function {}\n", text.empty() ? "" : "\n",
                        function.deployment, function.application, function.place);
    text += fmt::format(
        "  At most {:.0f} items in a run; the learned size has changed {:.0f} times\n"
        "  {:.0f} runs of {:.3g} items each; {:.0f} items wait now\n\n",
        function.limit, function.decisions, function.runs.Count(), function.ItemsInARun(),
        function.waiting);
    text += CurveText(function);
    for (const std::string& part :
         {CausesText(function), HistogramText("How long items waited", function.waits),
          HistogramText("How long runs took", function.runs), WasteText(function)}) {
      if (!part.empty()) text += "\n" + part;
    }
  }
  return text;
}

}  // namespace tenon::tune
