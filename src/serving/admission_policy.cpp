// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission_policy.hpp"

namespace tenon::serving {

AdmissionDecision Decide(const AdmissionLimits& limits,
                         const AdmissionSnapshot& snapshot) noexcept {
  if (snapshot.queued == 0 && snapshot.ongoing < limits.max_ongoing_requests) {
    return AdmissionDecision::kAdmit;
  }
  return snapshot.queued < limits.max_queued_requests ? AdmissionDecision::kQueue
                                                      : AdmissionDecision::kRefuse;
}

}  // namespace tenon::serving
