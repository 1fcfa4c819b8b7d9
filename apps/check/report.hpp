// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run found: for people as lines, for programs as JSON and JUnit.

#include <cstddef>
#include <string>
#include <vector>

#include "case.hpp"
#include "session.hpp"

namespace tenon::check {

struct CaseReport {
  std::string id;
  std::string title;
  Level level = Level::must;
  Verdict verdict = Verdict::pass;
  std::string detail;
  std::string why;
  std::string source;
  std::string section;
  double seconds = 0;
};

struct Report {
  std::string tenon;
  std::string subject;
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t warned = 0;
  std::size_t skipped = 0;
  std::vector<CaseReport> cases;

  void Add(CaseReport report);
};

// A must that does not hold fails; the others warn.
Verdict VerdictOf(Level level, const Outcome& outcome);

std::string Line(const CaseReport& report);
std::string Summary(const Report& report);
std::string ToJson(const Report& report);
std::string ToJunit(const Report& report);

}  // namespace tenon::check
