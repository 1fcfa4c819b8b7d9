// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/module.hpp"

namespace tenon::app::detail {

void RefuseArguments(ArgumentList arguments) {
  if (arguments.empty()) return;
  throw Error(ErrorCode::kInvalid, "The application takes no arguments, found '" +
                                       arguments.front().first + "=" + arguments.front().second +
                                       "'.");
}

}  // namespace tenon::app::detail
