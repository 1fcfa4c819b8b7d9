// SPDX-License-Identifier: Apache-2.0
#pragma once

// The order in which credentials are looked for, and the ones that were found.

#include <optional>

#include "aws/credentials/sources.hpp"

namespace tenon::aws {

// Looks where AWS's own tools look, in their order.
// Errors: throws Failure that lists the places where there are none, or what a source throws.
Credentials FindCredentials(const SourceContext& context);

// Keeps what was found until shortly before it expires. Thread safety: thread-compatible.
class CredentialStore {
 public:
  explicit CredentialStore(SourceContext context) : context_(context) {}

  const Credentials& Current();
  // The next use looks anew: the service calls them expired.
  void Renew() { found_.reset(); }

 private:
  SourceContext context_;
  std::optional<Credentials> found_;
};

}  // namespace tenon::aws
