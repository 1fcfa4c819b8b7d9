// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a reply is what a case expects: a pure decision.

#include <optional>
#include <span>
#include <string>

#include "case.hpp"
#include "connection.hpp"
#include "placeholders.hpp"

namespace tenon::check {

// How the plain invocation was answered, to compare others with.
struct Reference {
  int status = 0;
  std::string body;
  bool same_every_time = false;  // Two of them had the same body.
};

// What is wrong, or nothing. Captures of headers go to `values`, from which the texts expected are
// expanded, too.
std::optional<std::string> Judge(const Received& received, std::span<const Expectation> any_of,
                                 const Reference* reference, Values& values);

// Whether "200" or "2xx" stands for the status.
bool StatusIs(const std::string& pattern, int status);

}  // namespace tenon::check
