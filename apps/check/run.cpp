// SPDX-License-Identifier: Apache-2.0
#include "run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "behaviours/behaviours.hpp"
#include "session.hpp"
#include "tenon/base/version.hpp"

namespace tenon::check {
namespace {

std::string SubjectOf(const Options& options) {
  if (options.address) return "http://" + options.address->Text();
  if (!options.image.empty()) return options.image;
  std::string text;
  for (const std::string& word : options.command) text += (text.empty() ? "" : " ") + word;
  return text;
}

void StartContainer(Session& session) {
  session.instance.reset();
  auto started = Instance::Start(session.options);
  if (started) {
    session.address = started->Where();
    session.start_took_s = started->Seen().ready_s;
    session.instance.emplace(*std::move(started));
    session.start_failure.reset();
  } else {
    session.start_failure = started.Error().Detail();
  }
}

// Without a container only those cases are decided that are about its start.
Outcome CheckUnstarted(const Case& checked, Session& session) {
  if (checked.behaviour == "within-budget" || checked.behaviour == "takes-serve") {
    return Check(checked, session);
  }
  return Outcome::Skipped("the container did not start");
}

// A container that ends in a case has failed it, whatever else was found.
Outcome CheckServing(const Case& checked, Session& session) {
  Outcome outcome = Check(checked, session);
  if (!session.instance) return outcome;
  Process& container = session.instance->Container();
  const auto status = container.AwaitEnd(Now());
  if (!status) return outcome;
  const std::string last = LastLines(container.Output(), 3);
  StartContainer(session);
  return Outcome::Fault(
      fmt::format("the container ended with status {}. It wrote: {}", *status, last));
}

Outcome CheckInPhase(const Case& checked, Session& session, Phase phase) {
  if (session.start_failure) return CheckUnstarted(checked, session);
  if (phase == Phase::kServing) return CheckServing(checked, session);
  if (phase == Phase::kAgain) session.instance.reset();
  return Check(checked, session);
}

bool IsAskedFor(const Case& checked, const Options& options) {
  return options.only.empty() ||
         std::find(options.only.begin(), options.only.end(), checked.id) != options.only.end();
}

}  // namespace

Result<Report> RunCases(std::vector<Case> cases, const Options& options,
                        const std::function<void(const CaseReport&)>& said) {
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) {
    return std::pair(PhaseOf(a), a.id) < std::pair(PhaseOf(b), b.id);
  });
  Session session{.options = options,
                  .address = options.address.value_or(Address{}),
                  .instance = std::nullopt,
                  .start_took_s = 0,
                  .start_failure = std::nullopt,
                  .reference = std::nullopt,
                  .values = {},
                  .way_down = std::nullopt};
  if (options.StartsContainer()) {
    StartContainer(session);
  } else if (auto reached = Connection::Open(session.address, In(5)); !reached) {
    return std::move(reached).Error();
  }
  if (!session.start_failure) Prepare(session);

  Report report{.tenon = TENON_VERSION, .subject = SubjectOf(options), .cases = {}};
  for (const Case& checked : cases) {
    if (!IsAskedFor(checked, options)) continue;
    const Time began = Now();
    const Outcome outcome = CheckInPhase(checked, session, PhaseOf(checked));
    CaseReport one{.id = checked.id,
                   .title = checked.title,
                   .level = checked.level,
                   .verdict = VerdictOf(checked.level, outcome),
                   .detail = outcome.text,
                   .why = checked.why,
                   .source = checked.source,
                   .section = checked.section,
                   .seconds = SecondsSince(began)};
    said(one);
    report.Add(std::move(one));
  }
  return report;
}

}  // namespace tenon::check
