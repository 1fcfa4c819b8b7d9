// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace tenon::sagemaker_tool {

// The command line or an environment variable is wrong: nothing was called. Exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "--role is 'x': RULE"
[[noreturn]] inline void Refuse(std::string_view flag, std::string_view value,
                                std::string_view rule) {
  throw UsageError(std::string(flag) + " is '" + std::string(value) + "': " + std::string(rule));
}

}  // namespace tenon::sagemaker_tool
