// expect: no member named 'kk' in 'Request'
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Request {
  int k = 0;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Request::kk>().Minimum(1));
};

const auto& type = tenon::schema::TypeOf<Request>();
