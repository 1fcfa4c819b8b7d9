// expect: tenon: a struct has a C array; use std::array or std::vector
// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/reflect.hpp"

using Request = int[4];

const auto& type = tenon::schema::TypeOf<Request>();
