// expect: tenon: a field's name in JSON must be printable ASCII
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int k = 0;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::k>().Name("a\"b"));
};

const auto& type = tenon::schema::TypeOf<Request>();
