// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a service is called, and how it is signed.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/signer.hpp"
#include "aws/uri.hpp"

namespace tenon::aws {

enum class Service : std::uint8_t {
  kSageMaker,
  kSageMakerRuntime,
  kIam,
  kSts,
  kSsoPortal,
  kSsoOidc,
  kEcr,
  kLogs,
  kS3,
};

// The end of AWS_ENDPOINT_URL_<NAME>: "SAGEMAKER_RUNTIME".
std::string_view VariableNameOf(Service service);

enum class Fips : std::uint8_t { kOff, kOn };
enum class IpStack : std::uint8_t { kV4, kDual };

// Gives the URL that stands in for a service's own: AWS_ENDPOINT_URL and its kin.
using EndpointOverride = std::function<std::optional<std::string>(Service)>;

struct EndpointChoice {
  Service service = Service::kSageMaker;
  std::string region;
  Fips fips = Fips::kOff;
  IpStack stack = IpStack::kV4;
};

struct Endpoint {
  Url url;
  SigningScope scope;
  // Whether the address was given: S3 then takes the bucket in the path.
  bool is_override = false;
};

// Errors: throws Failure for an override that is no URL, and where a service has no such endpoint.
Endpoint ResolveEndpoint(const EndpointChoice& choice, const EndpointOverride& override_of);

}  // namespace tenon::aws
