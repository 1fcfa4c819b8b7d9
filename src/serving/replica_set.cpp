// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/replica_set.hpp"

namespace tenon::serving {

const RequestContext& EmptyRequestContext() noexcept {
  static const RequestContext empty;
  return empty;
}

AdmissionLimits DefaultLimits(const DeploymentOptions& options, InferShape shape,
                              std::size_t cpus) noexcept {
  constexpr std::size_t kManyCoroutines = 1000;
  constexpr std::size_t kManyQueued = 1000;
  const std::size_t each = options.max_ongoing_requests.value_or(
      shape.kind == InferKind::kFunction ? cpus : kManyCoroutines);
  return {.max_ongoing_requests = each * options.num_replicas,
          .max_queued_requests = options.max_queued_requests.value_or(kManyQueued),
          .adapts_ongoing = !options.max_ongoing_requests && shape.kind != InferKind::kFunction,
          .adapts_queued = !options.max_queued_requests};
}

namespace detail {

void ReadUserConfig(const schema::Type& type, void* config, const std::string& text) {
  const auto read = schema::ReadJson(
      type, config, {.data = text.data(), .size = text.size(), .capacity = text.size()},
      {.unknown = schema::UnknownMembers::kRefuse,
       .absent = schema::AbsentMembers::kKeepInitializer});
  if (read) return;
  const Error& cause = read.Error();
  throw Error(ErrorCode::kInvalid, "its user_config cannot be used: " + cause.Detail())
      .WithFaults(cause.Faults(), cause.OmittedFaults());
}

}  // namespace detail
}  // namespace tenon::serving
