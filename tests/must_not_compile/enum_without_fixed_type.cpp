// expect: tenon: an enum needs a fixed underlying type
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

enum Mode { kFast, kExact };
struct Request {
  Mode mode;
};

const auto& type = tenon::schema::TypeOf<Request>();
