// SPDX-License-Identifier: Apache-2.0
#pragma once

// An endpoint as it is shown.

#include <optional>
#include <string>

#include "json/json_object.hpp"
#include "services/sagemaker_api.hpp"

namespace tenon::sagemaker_tool {

struct EndpointView {
  Endpoint endpoint;
  std::optional<EndpointConfig> config;  // Gone, where somebody deleted it under the endpoint.
};

EndpointView LookAt(SageMakerApi& api, Endpoint endpoint);

// "ml.m5.large", "serverless 2048 MB", one after the other for several variants.
std::string InstanceText(const EndpointView& view);
// "1", "1 of 2" while it changes, the concurrency of serverless ones.
std::string CountText(const EndpointView& view);
std::string AgeOf(const Endpoint& endpoint);

JsonObject AsJson(const EndpointView& view);

}  // namespace tenon::sagemaker_tool
