// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <fmt/format.h>

#include <array>

#include "tenon/schema/json.hpp"

namespace tenon::check {
namespace {

std::string_view Word(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kWords = {"pass", "FAIL", "warn", "skip"};
  return kWords[static_cast<std::size_t>(verdict)];
}

std::string_view Word(Level level) {
  constexpr std::array<std::string_view, 3> kWords = {"must", "should", "may"};
  return kWords[static_cast<std::size_t>(level)];
}

// What XML 1.0 allows, escaped.
std::string Xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '&': escaped += "&amp;"; break;
      case '"': escaped += "&quot;"; break;
      case '\n':
      case '\t': escaped += c; break;
      default: escaped += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  return escaped;
}

}  // namespace

void Report::Add(CaseReport report) {
  std::size_t Report::* const counts[] = {&Report::passed, &Report::failed, &Report::warned,
                                          &Report::skipped};
  ++(this->*counts[static_cast<std::size_t>(report.verdict)]);
  cases.push_back(std::move(report));
}

Verdict VerdictOf(Level level, const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kHolds: return Verdict::pass;
    case Outcome::Kind::kSkipped: return Verdict::skipped;
    case Outcome::Kind::kFault: break;
  }
  return level == Level::must ? Verdict::fail : Verdict::warn;
}

std::string Line(const CaseReport& report) {
  std::string text = fmt::format("{}  {:<6}  {:<34}  {}\n", Word(report.verdict),
                                 Word(report.level), report.id, report.title);
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("              {:<7} {}\n", name, value);
  };
  if (report.verdict == Verdict::pass) return text;
  add(report.verdict == Verdict::skipped ? "reason" : "found", report.detail);
  if (report.verdict == Verdict::skipped) return text;
  add("why", report.why);
  add("source", report.source);
  return text;
}

std::string Summary(const Report& report) {
  return fmt::format("{} passed, {} failed, {} warned, {} skipped\n", report.passed, report.failed,
                     report.warned, report.skipped);
}

std::string ToJson(const Report& report) { return schema::WriteJson(report) + "\n"; }

std::string ToJunit(const Report& report) {
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"tenon check {}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
      "skipped=\"{}\">\n",
      Xml(report.subject), report.cases.size(), report.failed, report.skipped);
  for (const CaseReport& one : report.cases) {
    text += fmt::format("  <testcase classname=\"sagemaker.{}\" name=\"{}\" time=\"{:.3f}\"",
                        Word(one.level), Xml(one.id), one.seconds);
    switch (one.verdict) {
      case Verdict::pass: text += "/>\n"; break;
      case Verdict::fail:
        text += fmt::format("><failure message=\"{}\">{} ({})</failure></testcase>\n",
                            Xml(one.detail), Xml(one.why), Xml(one.source));
        break;
      case Verdict::warn:
        text += fmt::format("><system-out>warning: {} {} ({})</system-out></testcase>\n",
                            Xml(one.detail), Xml(one.why), Xml(one.source));
        break;
      case Verdict::skipped:
        text += fmt::format("><skipped message=\"{}\"/></testcase>\n", Xml(one.detail));
        break;
    }
  }
  return text + "</testsuite>\n";
}

}  // namespace tenon::check
