// SPDX-License-Identifier: Apache-2.0
#pragma once

// Numbers that look random and are the same in every run (SplitMix64), so that a measurement can be
// repeated.

#include <cstdint>

namespace tenon::bench {

inline std::uint64_t NextRandom(std::uint64_t& state) {
  std::uint64_t mixed = state += 0x9e3779b97f4a7c15ULL;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31U);
}

// In [0, 1).
inline double UniformBelowOne(std::uint64_t& state) {
  return static_cast<double>(NextRandom(state) >> 11U) * 0x1p-53;
}

}  // namespace tenon::bench
