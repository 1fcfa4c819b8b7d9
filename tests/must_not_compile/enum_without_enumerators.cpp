// expect: tenon: an enum has no enumerator with a value in -16\.\.127
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

enum class Mode { kFar = 1000 };
struct Request {
  Mode mode;
};

const auto& type = tenon::schema::TypeOf<Request>();
