// expect: no matching member function for call to 'Default'
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int k = 0;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::k>().Default("five"));
};

const auto& type = tenon::schema::TypeOf<Request>();
