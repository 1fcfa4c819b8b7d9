// SPDX-License-Identifier: Apache-2.0
#pragma once

// When requests are due, decided before anything is known of the answers: that is what keeps a slow
// server from slowing down its own measurement.

#include <cstdint>

namespace tenon::bench {

enum class Arrivals : std::uint8_t {
  poisson,   // Independent clients: the gaps are exponential.
  constant,  // A metronome.
};

// Nanoseconds since the start of the run, never falling. The same seed gives the same schedule.
class Schedule {
 public:
  // REQUIRES: rate > 0, requests per second.
  Schedule(Arrivals arrivals, double rate, std::uint64_t seed);

  // When the next request is due.
  std::int64_t Next() const { return next_; }
  void Advance();

 private:
  double Gap();

  Arrivals arrivals_;
  double mean_gap_;
  std::uint64_t state_;
  double time_ = 0;  // Exact for 2^53 ns, which is a hundred days.
  std::int64_t next_ = 0;
};

}  // namespace tenon::bench
