// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <iterator>
#include <mutex>
#include <new>

#include "tenon/base/error.hpp"

namespace tenon {
namespace detail {

constinit thread_local MetricThread this_metric_thread;

}  // namespace detail

namespace {

using detail::MetricCells;

constexpr std::size_t kLine = 64;
constexpr std::size_t kCellsPerLine = kLine / sizeof(MetricCells::Cell);

enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };

std::string_view TypeName(Kind kind) noexcept {
  switch (kind) {
    case Kind::kCounter: return "counter";
    case Kind::kGauge: return "gauge";
    case Kind::kHistogram: return "histogram";
  }
  return "untyped";
}

// Rows of cells, zero at first, aligned so that no two rows share a cache line.
class Rows {
 public:
  Rows(std::size_t rows, std::size_t cells)
      : rows_(rows), stride_((cells + kCellsPerLine - 1) / kCellsPerLine * kCellsPerLine) {
    lines_ = std::make_unique<Line[]>(rows_ * stride_ / kCellsPerLine);
  }

  MetricCells::Cell* Data() const noexcept { return lines_[0].cells.data(); }
  std::size_t Stride() const noexcept { return stride_; }

  std::uint64_t Total(std::size_t cell) const noexcept {
    std::uint64_t total = 0;
    for (std::size_t row = 0; row < rows_; ++row) total += At(row, cell);
    return total;
  }
  double RealTotal(std::size_t cell) const noexcept {
    double total = 0;
    for (std::size_t row = 0; row < rows_; ++row) total += std::bit_cast<double>(At(row, cell));
    return total;
  }

 private:
  struct alignas(kLine) Line {
    std::array<MetricCells::Cell, kCellsPerLine> cells{};
  };

  std::uint64_t At(std::size_t row, std::size_t cell) const noexcept {
    const std::size_t index = row * stride_ + cell;
    return lines_[index / kCellsPerLine].cells[index % kCellsPerLine].load(
        std::memory_order_relaxed);
  }

  std::size_t rows_;
  std::size_t stride_;
  std::unique_ptr<Line[]> lines_;
};

struct Series {
  std::string labels;  // As written, without braces: `a="x",b="y"`.
  Rows rows;
  std::function<double()> function;
};

struct Family {
  std::string name;
  std::string help;
  Kind kind;
  std::vector<double> bounds;
  std::deque<Series> series;
};

bool IsNameCharacter(char c, bool first, bool colon) noexcept {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return true;
  return (c == ':' && colon) || (!first && c >= '0' && c <= '9');
}

bool IsName(std::string_view text, bool colon) noexcept {
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsNameCharacter(text[i], i == 0, colon)) return false;
  }
  return true;
}

[[noreturn]] void Refuse(std::string text) { throw Error(ErrorCode::kInternal, std::move(text)); }

void AppendEscaped(std::string& out, std::string_view text, bool quotes) {
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

std::string LabelText(std::string_view metric, const MetricLabels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!IsName(name, false) || name.starts_with("__") || name == "le") {
      Refuse(
          fmt::format("The metric {} has a label named \"{}\"; a label's name is of letters, "
                      "digits and _, does not start with a digit or __, and is not le.",
                      metric, name));
    }
    if (!text.empty()) text += ',';
    text += name;
    text += "=\"";
    AppendEscaped(text, value, true);
    text += '"';
  }
  return text;
}

void AppendNumber(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

// `name{labels}` or `name{labels,le="bound"}`, and a space.
void AppendSeriesName(std::string& out, std::string_view name, std::string_view suffix,
                      std::string_view labels, const double* bound) {
  out += name;
  out += suffix;
  if (!labels.empty() || bound != nullptr) {
    out += '{';
    out += labels;
    if (bound != nullptr) {
      if (!labels.empty()) out += ',';
      out += "le=\"";
      AppendNumber(out, *bound);
      out += '"';
    }
    out += '}';
  }
  out += ' ';
}

void AppendHistogram(std::string& out, const Family& family, const Series& series) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= family.bounds.size(); ++i) {
    count += series.rows.Total(i);
    const double bound = i < family.bounds.size() ? family.bounds[i] : HUGE_VAL;
    AppendSeriesName(out, family.name, "_bucket", series.labels, &bound);
    fmt::format_to(std::back_inserter(out), "{}\n", count);
  }
  AppendSeriesName(out, family.name, "_sum", series.labels, nullptr);
  AppendNumber(out, series.rows.RealTotal(family.bounds.size() + 1));
  AppendSeriesName(out += '\n', family.name, "_count", series.labels, nullptr);
  fmt::format_to(std::back_inserter(out), "{}\n", count);
}

double GaugeValue(const Series& series) {
  if (series.function) return series.function();
  // The two cells of a gauge: what was added, and what was set.
  return static_cast<double>(static_cast<std::int64_t>(series.rows.Total(0))) +
         series.rows.RealTotal(1);
}

}  // namespace

struct MetricsRegistry::Content {
  explicit Content(std::size_t slots) : slot_taken(slots + 1, false) { slot_taken[0] = true; }

  Family& FindFamily(std::string_view name, std::string_view help, Kind kind,
                     std::span<const double> bounds) {
    for (Family& family : families) {
      if (family.name != name) continue;
      if (family.kind != kind || !std::ranges::equal(family.bounds, bounds)) {
        Refuse(
            fmt::format("The metric {} is registered twice, as {} and as {}, or with other "
                        "bounds; give one of them another name.",
                        name, TypeName(family.kind), TypeName(kind)));
      }
      return family;
    }
    if (!IsName(name, true)) {
      Refuse(
          fmt::format("\"{}\" is no name for a metric: letters, digits, _ and : are allowed, "
                      "and no digit comes first.",
                      name));
    }
    families.push_back({std::string(name),
                        std::string(help),
                        kind,
                        std::vector<double>(bounds.begin(), bounds.end()),
                        {}});
    return families.back();
  }

  Series& FindSeries(Family& family, const MetricLabels& labels, std::size_t cells) {
    std::string text = LabelText(family.name, labels);
    for (Series& series : family.series) {
      if (series.labels == text) return series;
    }
    family.series.push_back({std::move(text), Rows(slot_taken.size(), cells), nullptr});
    return family.series.back();
  }

  mutable std::mutex mutex;
  std::vector<bool> slot_taken;
  std::deque<Family> families;  // Handles point into it: it never moves what it holds.
};

std::span<const double> LatencyBounds() noexcept {
  static constexpr std::array<double, 18> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                  0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                  1.0,    2.5,     5.0,    10.0,  30.0,   60.0};
  return kBounds;
}

MetricsRegistry::MetricsRegistry(std::size_t slots) : content_(std::make_unique<Content>(slots)) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter MetricsRegistry::AddCounter(std::string_view name, std::string_view help,
                                    const MetricLabels& labels) {
  const std::lock_guard lock(content_->mutex);
  Family& family = content_->FindFamily(name, help, Kind::kCounter, {});
  const Rows& rows = content_->FindSeries(family, labels, 1).rows;
  return Counter(MetricCells(this, rows.Data(), rows.Stride()));
}

Gauge MetricsRegistry::AddGauge(std::string_view name, std::string_view help,
                                const MetricLabels& labels) {
  const std::lock_guard lock(content_->mutex);
  Family& family = content_->FindFamily(name, help, Kind::kGauge, {});
  const Rows& rows = content_->FindSeries(family, labels, 2).rows;
  return Gauge(MetricCells(this, rows.Data(), rows.Stride()));
}

void MetricsRegistry::AddGauge(std::string_view name, std::string_view help,
                               const MetricLabels& labels, std::function<double()> function) {
  const std::lock_guard lock(content_->mutex);
  Family& family = content_->FindFamily(name, help, Kind::kGauge, {});
  content_->FindSeries(family, labels, 2).function = std::move(function);
}

Histogram MetricsRegistry::AddHistogram(std::string_view name, std::string_view help,
                                        std::span<const double> bounds,
                                        const MetricLabels& labels) {
  if (std::ranges::adjacent_find(bounds, std::ranges::greater_equal()) != bounds.end()) {
    Refuse(fmt::format("The bounds of the histogram {} do not grow.", name));
  }
  const std::lock_guard lock(content_->mutex);
  Family& family = content_->FindFamily(name, help, Kind::kHistogram, bounds);
  const Rows& rows = content_->FindSeries(family, labels, bounds.size() + 2).rows;
  return Histogram(MetricCells(this, rows.Data(), rows.Stride()), family.bounds);
}

void MetricsRegistry::WritePrometheus(std::string& out) const {
  const std::lock_guard lock(content_->mutex);
  for (const Family& family : content_->families) {
    out += "# HELP ";
    out += family.name;
    out += ' ';
    AppendEscaped(out, family.help, false);
    fmt::format_to(std::back_inserter(out), "\n# TYPE {} {}\n", family.name, TypeName(family.kind));
    for (const Series& series : family.series) {
      if (family.kind == Kind::kHistogram) {
        AppendHistogram(out, family, series);
        continue;
      }
      AppendSeriesName(out, family.name, "", series.labels, nullptr);
      if (family.kind == Kind::kCounter) {
        fmt::format_to(std::back_inserter(out), "{}", series.rows.Total(0));
      } else {
        AppendNumber(out, GaugeValue(series));
      }
      out += '\n';
    }
  }
}

MetricsRegistry::ThreadSlot::ThreadSlot(MetricsRegistry& registry)
    : registry_(registry), before_(detail::this_metric_thread), slot_(0) {
  const std::lock_guard lock(registry_.content_->mutex);
  std::vector<bool>& taken = registry_.content_->slot_taken;
  const auto free = std::find(taken.begin(), taken.end(), false);
  if (free == taken.end()) return;
  *free = true;
  slot_ = static_cast<std::size_t>(free - taken.begin());
  detail::this_metric_thread = {&registry_, slot_};
}

MetricsRegistry::ThreadSlot::~ThreadSlot() {
  if (slot_ == 0) return;
  detail::this_metric_thread = before_;
  // Under the lock, so that the slot's next owner sees all that this thread has counted.
  const std::lock_guard lock(registry_.content_->mutex);
  registry_.content_->slot_taken[slot_] = false;
}

}  // namespace tenon
