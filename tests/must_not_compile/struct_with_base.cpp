// expect: tenon: a struct must not have base classes; make the base a field
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Base {
  int a = 0;
};
struct Request : Base {
  int b = 0;
};

const auto& type = tenon::schema::TypeOf<Request>();
