// expect: tenon: a struct has a reference, or a field that cannot be default-constructed
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int& k;
};

const auto& type = tenon::schema::TypeOf<Request>();
