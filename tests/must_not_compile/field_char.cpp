// expect: tenon: a character type has no JSON form; use std::string
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  char letter = 'a';
};

const auto& type = tenon::schema::TypeOf<Request>();
