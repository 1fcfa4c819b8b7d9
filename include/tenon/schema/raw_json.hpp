// SPDX-License-Identifier: Apache-2.0
#pragma once

// A JSON value that is passed on as it came.

#include <string>

namespace tenon {

// The text of one JSON value of any type, checked but not interpreted. For what a model hands
// through or takes apart itself; a typed field is better wherever the shape is known.
//
// When written it is copied as it is, so that `text` must be one valid JSON value; empty is null.
struct RawJson {
  std::string text;

  bool operator==(const RawJson&) const = default;
};

}  // namespace tenon
