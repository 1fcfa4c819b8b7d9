// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run found. This struct is the JSON of --json, and what --compare reads.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::bench {

// Over all requests, a failed one counting as slower than any other: a percentile among the failed
// is null. Milliseconds since the request was due (in a closed loop: was sent).
struct Percentiles {
  std::optional<double> p50_ms;
  std::optional<double> p90_ms;
  std::optional<double> p99_ms;
  std::optional<double> p99_9_ms;
  std::optional<double> p99_99_ms;
  double max_ms = 0;   // Of the good answers.
  double mean_ms = 0;  // Of the good answers.
};

struct CurvePoint {
  double percent = 0;
  double ms = 0;
};

struct StatusCount {
  std::int32_t status = 0;
  std::uint64_t count = 0;
};

struct CauseCount {
  std::string cause;
  std::uint64_t count = 0;
};

// An equal share of the run, by when requests were due.
struct Batch {
  std::uint64_t due = 0;
  std::uint64_t failed = 0;
  double rate = 0;  // Good answers that came in this time, per second.
  std::optional<double> p50_ms;
  std::optional<double> p99_ms;
  std::optional<double> mean_ms;
};

// Of answers in pieces.
struct Streaming {
  Percentiles first_byte;  // Until the body's first byte.
  Percentiles gap;         // Between chunks.
  double chunks_per_s = 0;
  double chunks_per_answer = 0;
};

// The generator itself.
struct Generator {
  double cpu_s = 0;
  double cores = 0;  // CPU time by time.
  double cpu_us_per_request = 0;
  double lag_p50_ms = 0;  // How late it was to notice that a request was due. Open loop only.
  double lag_p99_ms = 0;
  double lag_max_ms = 0;
  bool was_bottleneck = false;
  std::string why;
};

struct Trial {
  double rate = 0;
  bool held = false;
  std::optional<double> percentile_ms;
  std::string why;
};

struct Capacity {
  std::string slo;
  std::optional<double> rate;  // The highest that held; null where none did.
  bool is_bounded = true;      // False: the generator ended the search, the server could do more.
  std::vector<Trial> trials;
};

struct RunResult {
  std::string tenon;
  std::string url;
  std::string loop;      // "open" or "closed".
  std::string arrivals;  // "poisson" or "constant"; empty in a closed loop.
  std::optional<double> wanted_rate;
  std::uint64_t connections = 0;
  std::uint64_t pipeline = 1;
  double duration_s = 0;
  double warmup_s = 0;
  std::uint64_t requests = 0;  // Due in the measured time; `failed` is a part of them.
  std::uint64_t failed = 0;
  std::uint64_t body_bytes = 0;
  std::vector<StatusCount> statuses;
  std::vector<CauseCount> errors;
  Generator generator;
  // Absent where the generator was the bottleneck.
  std::optional<double> rate;
  std::optional<Percentiles> latency;
  std::optional<Streaming> streaming;
  std::vector<CurvePoint> curve;
  std::vector<Batch> batches;
  std::optional<Capacity> capacity;
};

std::string ToJson(const RunResult& result);
// Errors: kMalformed, kInvalid.
Result<RunResult> ReadResult(const std::string& json);

// For people.
std::string ToText(const RunResult& result);

}  // namespace tenon::bench
