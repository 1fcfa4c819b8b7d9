// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rules of when a batch runs: Tenon's own code, and what others do.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/serving/batch_line.hpp"

namespace simulation {

struct Item : tenon::serving::BatchLine::Item {
  tenon::TimePoint arrived;
};

class Rule {
 public:
  Rule() = default;
  Rule(const Rule&) = delete;
  Rule& operator=(const Rule&) = delete;
  virtual ~Rule() = default;

  virtual void Add(Item& item, tenon::TimePoint now, tenon::Duration budget) = 0;
  // Takes the items of a run that begins now; nothing where none is due. `again`: when to ask anew,
  // if nothing happens before. What is given up goes nowhere.
  virtual std::vector<Item*> Begin(tenon::TimePoint now,
                                   std::optional<tenon::TimePoint>& again) = 0;
  virtual void End(std::size_t items, tenon::Duration took, tenon::TimePoint now) = 0;
};

struct RuleKind {
  std::string name;
  std::unique_ptr<Rule> (*make)();
};

// Tenon with those options.
std::unique_ptr<Rule> MakeLine(tenon::BatchOptions options);
// Ray Serve's, with its defaults.
std::unique_ptr<Rule> MakeRay();
// BentoML's. Runs are expected to take a + b n; an item waits for the next one while that costs all
// that wait less than it typically saves. At most 99 items: fewer than its max_batch_size.
std::unique_ptr<Rule> MakeBentoMl();

}  // namespace simulation
