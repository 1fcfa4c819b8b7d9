// SPDX-License-Identifier: Apache-2.0
#include "case.hpp"

#include "tenon/schema/json.hpp"

namespace tenon::check {
namespace {

std::string Explain(const Error& error) {
  std::string text = error.Detail();
  for (const Fault& fault : error.Faults()) text += " " + fault.pointer + ": " + fault.detail;
  return text;
}

}  // namespace

Result<Case> ReadCase(const EmbeddedCase& embedded) {
  Case read_case;
  const auto read = schema::ReadJson(schema::TypeOf<Case>(), &read_case,
                                     {.data = embedded.text.data(),
                                      .size = embedded.text.size(),
                                      .capacity = embedded.text.size()},
                                     {.unknown = schema::UnknownMembers::kRefuse,
                                      .absent = schema::AbsentMembers::kKeepInitializer});
  if (!read) {
    return Error(read.Error().Code(), std::string(embedded.file) + ": " + Explain(read.Error()));
  }
  if (std::string(embedded.file) != read_case.id + ".json") {
    return Error(ErrorCode::kInvalid, std::string(embedded.file) + " holds the case '" +
                                          read_case.id + "'; name the file after it.");
  }
  if (read_case.behaviour.has_value() == !read_case.steps.empty()) {
    return Error(ErrorCode::kInvalid,
                 read_case.id + " needs either steps or a behaviour, and not both.");
  }
  return read_case;
}

Result<std::vector<Case>> ReadCases() {
  std::vector<Case> cases;
  for (const EmbeddedCase& embedded : EmbeddedCases()) {
    auto read = ReadCase(embedded);
    if (!read) return std::move(read).Error();
    cases.push_back(*std::move(read));
  }
  return cases;
}

}  // namespace tenon::check
