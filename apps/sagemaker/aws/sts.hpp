// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Security Token Service: a role's credentials for others.

#include <string>
#include <utility>
#include <vector>

#include "aws/caller.hpp"
#include "aws/credentials.hpp"
#include "aws/settings.hpp"

namespace tenon::aws {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// "a=b&c=d", encoded: the body of calls of the query protocol.
std::string QueryBody(const QueryParameters& parameters);

struct StsCall {
  std::string action;  // "AssumeRole".
  QueryParameters parameters;
  const Credentials* credentials = nullptr;  // Null: not signed.
};

// Errors: throws ServiceError and NoAnswer, and Failure for an answer without credentials.
Credentials CallSts(const Settings& settings, Caller& caller, const StsCall& call);

}  // namespace tenon::aws
