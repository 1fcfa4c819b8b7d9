// expect: tenon: a pointer has no JSON form; use std::optional or std::vector
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int* k = nullptr;
};

const auto& type = tenon::schema::TypeOf<Request>();
