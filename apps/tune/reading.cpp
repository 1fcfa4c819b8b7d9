// SPDX-License-Identifier: Apache-2.0
#include "reading.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

namespace tenon::tune {
namespace {

constexpr std::string_view kPrefix = "tenon_deployment_batch";

double NumberOf(const Sample& sample, const char* label) {
  const auto found = sample.labels.find(label);
  if (found == sample.labels.end()) return 0;
  const std::string& text = found->second;
  if (text == "+Inf") return HUGE_VAL;
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string TextOf(const Sample& sample, const char* label) {
  const auto found = sample.labels.find(label);
  return found == sample.labels.end() ? std::string() : found->second;
}

// Buckets come as sums; the last one is infinite.
void AddBucket(const Sample& sample, Histogram& histogram) {
  double below = 0;
  for (const Bucket& bucket : histogram.buckets) below += bucket.count;
  histogram.buckets.push_back({NumberOf(sample, "le"), sample.value - below});
}

// What a single function says of itself; `what` is the name behind the prefix.
void TakeOwn(const Sample& sample, std::string_view what, BatchFunction& function) {
  if (what == "_limit") function.limit = sample.value;
  if (what == "_wasted_wait_seconds_total") function.wasted_wait_s = sample.value;
  if (what == "_wait_seconds_bucket") AddBucket(sample, function.waits);
  if (what == "_wait_seconds_sum") function.waits.sum_s = sample.value;
  if (what == "_run_seconds_bucket") AddBucket(sample, function.runs);
  if (what == "_run_seconds_sum") function.runs.sum_s = sample.value;
  if (what == "_item_cost_seconds") {
    function.curve.push_back({NumberOf(sample, "size"), sample.value});
  }
  if (what == "_closed_total") {
    const std::string cause = TextOf(sample, "cause");
    for (std::size_t i = 0; i < kCauses.size(); ++i) {
      if (kCauses[i].name == cause) function.closed[i] = sample.value;
    }
  }
}

void TakeShared(const Sample& sample, std::string_view what, BatchFunction& function) {
  if (what == "_waiting") function.waiting = sample.value;
  if (what == "_stopped_total") function.stopped = sample.value;
  if (what == "_hopeless_total") function.hopeless = sample.value;
  if (what == "_decisions_total") function.decisions = sample.value;
}

void Subtract(const Histogram& earlier, Histogram& now) {
  if (earlier.buckets.size() != now.buckets.size()) return;
  for (std::size_t i = 0; i < now.buckets.size(); ++i) {
    now.buckets[i].count -= earlier.buckets[i].count;
  }
  now.sum_s -= earlier.sum_s;
}

bool IsSame(const BatchFunction& a, const BatchFunction& b) {
  return std::tie(a.application, a.deployment, a.place) ==
         std::tie(b.application, b.deployment, b.place);
}

}  // namespace

double Histogram::Count() const {
  double count = 0;
  for (const Bucket& bucket : buckets) count += bucket.count;
  return count;
}

double Histogram::Bound(double share) const {
  const double wanted = Count() * share;
  double count = 0;
  for (const Bucket& bucket : buckets) {
    count += bucket.count;
    if (count > 0 && count >= wanted) return bucket.upper_s;
  }
  return 0;
}

std::vector<BatchFunction> ReadFunctions(std::span<const Sample> samples) {
  std::map<std::tuple<std::string, std::string, std::size_t, std::string>, BatchFunction> found;
  for (const Sample& sample : samples) {
    if (!sample.name.starts_with(kPrefix) || !sample.labels.contains("batch")) continue;
    const std::string place = TextOf(sample, "batch");
    // "10" comes behind "9".
    BatchFunction& function =
        found[{TextOf(sample, "application"), TextOf(sample, "deployment"), place.size(), place}];
    function.application = TextOf(sample, "application");
    function.deployment = TextOf(sample, "deployment");
    function.place = place;
    TakeOwn(sample, std::string_view(sample.name).substr(kPrefix.size()), function);
  }
  std::vector<BatchFunction> functions;
  for (auto& [key, function] : found) {
    for (const Sample& sample : samples) {
      const bool is_of_its_deployment = sample.name.starts_with(kPrefix) &&
                                        !sample.labels.contains("batch") &&
                                        TextOf(sample, "application") == function.application &&
                                        TextOf(sample, "deployment") == function.deployment;
      if (!is_of_its_deployment) continue;
      TakeShared(sample, std::string_view(sample.name).substr(kPrefix.size()), function);
    }
    std::ranges::sort(function.curve, {}, &CurvePoint::size);
    functions.push_back(std::move(function));
  }
  return functions;
}

std::vector<BatchFunction> Since(std::span<const BatchFunction> earlier,
                                 std::vector<BatchFunction> now) {
  for (BatchFunction& function : now) {
    const auto before = std::ranges::find_if(
        earlier, [&](const BatchFunction& other) { return IsSame(other, function); });
    if (before == earlier.end() || before->runs.Count() > function.runs.Count()) continue;
    Subtract(before->waits, function.waits);
    Subtract(before->runs, function.runs);
    for (std::size_t i = 0; i < kCauses.size(); ++i) function.closed[i] -= before->closed[i];
    function.wasted_wait_s -= before->wasted_wait_s;
    function.stopped -= before->stopped;
    function.hopeless -= before->hopeless;
    function.decisions -= before->decisions;
  }
  return now;
}

}  // namespace tenon::tune
