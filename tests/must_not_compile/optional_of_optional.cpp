// expect: tenon: an optional of an optional has no JSON form
// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::optional<std::optional<int>> k;
};

const auto& type = tenon::schema::TypeOf<Request>();
