// SPDX-License-Identifier: Apache-2.0
#pragma once

// What stands for "nothing" where a value is needed, as in the tuple of a WhenAll.

#include <type_traits>
#include <variant>

namespace tenon {

using Unit = std::monostate;

template <class T>
using UnitOr = std::conditional_t<std::is_void_v<T>, Unit, T>;

}  // namespace tenon
