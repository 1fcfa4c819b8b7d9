// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON answers of services as structs. Members are named as on the wire; one that does not come
// keeps its initializer, one that nobody asked for is skipped.

#include <string>
#include <string_view>

#include "aws/failure.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::aws {

// `what` names the document for the message: "the answer to DescribeEndpoint".
// Errors: throws Failure for what is not JSON or not of the type.
template <class T>
T ReadAnswer(std::string_view json, std::string_view what) {
  T value{};
  const auto read =
      schema::ReadJson(schema::TypeOf<T>(), &value,
                       {.data = json.data(), .size = json.size(), .capacity = json.size()},
                       {.absent = schema::AbsentMembers::kKeepInitializer});
  if (read) return value;
  std::string text = std::string(what) + " cannot be read: " + read.Error().Detail();
  for (const Fault& fault : read.Error().Faults())
    text += " " + fault.pointer + ": " + fault.detail;
  throw Failure(text);
}

}  // namespace tenon::aws
