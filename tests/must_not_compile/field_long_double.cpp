// expect: tenon: this arithmetic type has no JSON form; use float or double
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  long double number = 0;
};

const auto& type = tenon::schema::TypeOf<Request>();
