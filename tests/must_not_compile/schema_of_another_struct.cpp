// expect: tenon: the schema of a struct describes a field of another struct
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

struct Other {
  int a = 0;
};
struct Request {
  int b = 0;
  static constexpr auto schema = tenon::Describe(tenon::Field<&Other::a>().Minimum(1));
};

const auto& type = tenon::schema::TypeOf<Request>();
