// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/type.hpp"

namespace tenon::schema {

bool Member::IsRequired() const noexcept {
  return type->kind != Kind::kOptional && !constraints->HasDefault();
}

}  // namespace tenon::schema
