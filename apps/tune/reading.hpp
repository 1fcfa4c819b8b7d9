// SPDX-License-Identifier: Apache-2.0
#pragma once

// What /metrics says of batched functions.

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_text.hpp"

namespace tenon::tune {

// How often something took at most so long.
struct Bucket {
  double upper_s = 0;  // Infinite in the last one.
  double count = 0;    // In this bucket alone.
};
struct Histogram {
  std::vector<Bucket> buckets;  // Rising.
  double sum_s = 0;

  double Count() const;
  double Mean() const { return Count() > 0 ? sum_s / Count() : 0; }
  // The bound of the bucket in which that share is reached; 0 for none.
  double Bound(double share) const;
};

struct CurvePoint {
  double size = 0;
  double item_cost_s = 0;
};

// Why runs began, as /metrics names it.
struct Cause {
  std::string_view name;
  std::string_view text;
};
inline constexpr std::array<Cause, 4> kCauses = {
    {{"full", "full: as many items as a run may have"},
     {"free_permit", "the model was free, and took what waited"},
     {"timeout", "batch_wait_timeout had passed"},
     {"deadline", "more items would have made the first one late"}}};

// One function that runs batches. `stopped` to `decisions` are of all functions of its deployment.
struct BatchFunction {
  std::string application;
  std::string deployment;
  std::string place;  // In its deployment: "0" is the first.
  double limit = 0;
  std::vector<CurvePoint> curve;  // By size.
  std::array<double, kCauses.size()> closed{};
  Histogram waits;  // Of items.
  Histogram runs;
  double wasted_wait_s = 0;
  double waiting = 0;
  double stopped = 0;
  double hopeless = 0;
  double decisions = 0;

  double ItemsInARun() const { return runs.Count() > 0 ? waits.Count() / runs.Count() : 0; }
};

// In the order of application, deployment and place.
std::vector<BatchFunction> ReadFunctions(std::span<const Sample> samples);

// What happened since `earlier`: counts are differences, what is learned is as it is now. A server
// that began anew in between is as it is now.
std::vector<BatchFunction> Since(std::span<const BatchFunction> earlier,
                                 std::vector<BatchFunction> now);

}  // namespace tenon::tune
