// expect: invalid reference to function 'MaxLength': constraints not satisfied
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int k = 0;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::k>().MaxLength(1));
};

const auto& type = tenon::schema::TypeOf<Request>();
