// expect: tenon: std::span owns no elements; use std::vector
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::span<const int> numbers;
};

const auto& type = tenon::schema::TypeOf<Request>();
