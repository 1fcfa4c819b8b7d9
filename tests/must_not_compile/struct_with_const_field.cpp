// expect: tenon: a struct has a const field or a reference
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  const int k = 1;
};

const auto& type = tenon::schema::TypeOf<Request>();
