// SPDX-License-Identifier: Apache-2.0
#include "deploy/pace.hpp"

#include <algorithm>

namespace tenon::sagemaker_tool {

Pace ReadPace(const Flags& flags, std::chrono::milliseconds default_timeout) {
  constexpr std::chrono::milliseconds kShortest{10};  // An endless loop helps nobody.
  return {.timeout = flags.Seconds("--timeout").value_or(default_timeout),
          .interval = std::max(
              kShortest, flags.Seconds("--poll-interval").value_or(std::chrono::seconds(10)))};
}

}  // namespace tenon::sagemaker_tool
