// SPDX-License-Identifier: Apache-2.0
#include "html_report.hpp"

#include <fmt/format.h>

#include <cmath>

#include "plot.hpp"

namespace tenon::bench {
namespace {

constexpr std::string_view kStyle =
    "body{font:15px/1.5 sans-serif;max-width:900px;margin:2em auto;color:#222}"
    "pre{background:#f5f5f5;padding:1em;white-space:pre-wrap;font-size:12px}"
    "svg{display:block;width:100%;height:auto;margin:1.5em 0}text{font:12px "
    "sans-serif}.title{font-weight:bold}"
    ".grid{stroke:#ddd}";

// Towards 100 % each power of ten takes as much room.
double Nines(double percent) { return -std::log10(1 - percent / 100); }

Plot CurvePlot(const RunResult& result) {
  Plot plot{.title = "Time by percentile", .y_unit = "ms", .marks = {}, .lines = {{"", {}}}};
  for (const CurvePoint& point : result.curve) {
    plot.lines.front().points.push_back({Nines(point.percent), point.ms});
  }
  for (const double percent : {0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999}) {
    plot.marks.push_back({Nines(percent), fmt::format("{:g} %", percent)});
  }
  return plot;
}

double MiddleOf(const RunResult& result, std::size_t batch) {
  return (static_cast<double>(batch) + 0.5) * result.duration_s /
         static_cast<double>(result.batches.size());
}

std::vector<PlotMark> TimeMarks(const RunResult& result) {
  std::vector<PlotMark> marks;
  const double step = RoundUp(result.duration_s / 8);
  for (int i = 0; i * step <= result.duration_s; ++i) {
    marks.push_back({i * step, fmt::format("{:.4g} s", i * step)});
  }
  return marks;
}

Plot LatencyPlot(const RunResult& result) {
  Plot plot{.title = "Time over the run",
            .y_unit = "ms",
            .marks = TimeMarks(result),
            .lines = {{"p50", {}}, {"p99", {}}}};
  for (std::size_t i = 0; i < result.batches.size(); ++i) {
    const Batch& batch = result.batches[i];
    if (batch.p50_ms) plot.lines[0].points.push_back({MiddleOf(result, i), *batch.p50_ms});
    if (batch.p99_ms) plot.lines[1].points.push_back({MiddleOf(result, i), *batch.p99_ms});
  }
  return plot;
}

Plot RatePlot(const RunResult& result) {
  Plot plot{.title = "Good answers a second over the run",
            .y_unit = "/s",
            .marks = TimeMarks(result),
            .lines = {{"", {}}}};
  for (std::size_t i = 0; i < result.batches.size(); ++i) {
    plot.lines.front().points.push_back({MiddleOf(result, i), result.batches[i].rate});
  }
  return plot;
}

}  // namespace

std::string ToHtml(const RunResult& result) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>tenon bench "
      "{0}</title>"
      "<style>{1}</style></head><body>\n<h1>tenon bench</h1>\n<pre>{2}</pre>\n",
      Escape(result.url), kStyle, Escape(ToText(result)));
  if (result.latency) {
    html += ToSvg(CurvePlot(result)) + ToSvg(LatencyPlot(result)) + ToSvg(RatePlot(result));
  }
  return html + fmt::format("<p>Tenon {}</p>\n</body></html>\n", Escape(result.tenon));
}

}  // namespace tenon::bench
