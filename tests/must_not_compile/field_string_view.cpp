// expect: tenon: std::string_view owns no text; use std::string
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::string_view text;
};

const auto& type = tenon::schema::TypeOf<Request>();
