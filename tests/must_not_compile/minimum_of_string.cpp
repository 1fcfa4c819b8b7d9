// expect: no matching member function for call to 'Minimum'|constraints not satisfied
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::string text;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::text>().Minimum(1));
};

const auto& type = tenon::schema::TypeOf<Request>();
