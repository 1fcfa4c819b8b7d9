// expect: tenon: this type has no JSON form\. A struct must be an aggregate
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

class Request {
 public:
  explicit Request(int k) : k_(k) {}

 private:
  int k_;
};

const auto& type = tenon::schema::TypeOf<Request>();
