// expect: tenon: a struct has a C array \(which alone, or with its other fields
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int numbers[4];
  int k;
};

const auto& type = tenon::schema::TypeOf<Request>();
