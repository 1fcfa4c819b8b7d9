// expect: no matching member function for call to 'Shape'
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "tenon/schema/reflect.hpp"

struct Request {
  std::vector<float> list;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::list>().Shape(1, 2));
};

const auto& type = tenon::schema::TypeOf<Request>();
