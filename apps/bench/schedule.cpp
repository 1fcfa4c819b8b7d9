// SPDX-License-Identifier: Apache-2.0
#include "schedule.hpp"

#include <cmath>

#include "random.hpp"

namespace tenon::bench {

Schedule::Schedule(Arrivals arrivals, double rate, std::uint64_t seed)
    : arrivals_(arrivals), mean_gap_(1e9 / rate), state_(seed) {
  // Two clients that start together need not ask together.
  if (arrivals_ == Arrivals::poisson) Advance();
}

double Schedule::Gap() {
  if (arrivals_ == Arrivals::constant) return mean_gap_;
  return -mean_gap_ * std::log1p(-UniformBelowOne(state_));
}

void Schedule::Advance() {
  time_ += Gap();
  next_ = static_cast<std::int64_t>(time_);
}

}  // namespace tenon::bench
