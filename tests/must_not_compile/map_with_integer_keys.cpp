// expect: tenon: a map's keys must be std::string
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::map<int, int> counts;
};

const auto& type = tenon::schema::TypeOf<Request>();
