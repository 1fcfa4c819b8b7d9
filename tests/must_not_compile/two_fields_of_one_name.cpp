// expect: tenon: two fields of a struct have the same name in JSON
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int a = 0;
  int b = 0;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::a>().Name("b"));
};

const auto& type = tenon::schema::TypeOf<Request>();
