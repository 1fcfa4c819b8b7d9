// expect: tenon: a duration must count in an integer, float or double
// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::chrono::duration<long double> pause;
};

const auto& type = tenon::schema::TypeOf<Request>();
