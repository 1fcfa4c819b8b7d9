// SPDX-License-Identifier: Apache-2.0
#pragma once

// Signed calls of services.

#include <functional>
#include <string>
#include <string_view>

#include "aws/caller.hpp"
#include "aws/credentials/chain.hpp"
#include "aws/endpoint.hpp"
#include "aws/settings.hpp"

namespace tenon::aws {

struct ServiceRequest {
  Service service = Service::kSageMaker;
  std::string operation;
  HttpRequest http = {};  // Without scheme and host; the path behind the endpoint's own.
  // In front of the host, as S3's buckets are.
  std::string host_prefix = {};
  Transfer transfer = {};
  std::function<bool(int status)> accepts = [](int) { return false; };
};

// Thread safety: thread-compatible.
class ServiceClient {
 public:
  ServiceClient(const Settings& settings, Caller& caller, CredentialStore& credentials)
      : settings_(settings), caller_(caller), credentials_(credentials) {}

  // Errors: throws ServiceError, NoAnswer, Interrupted, and Failure where there are no credentials
  // or they have expired for good.
  HttpResponse Send(const ServiceRequest& request);

  // A call of the JSON protocol of SageMaker, CloudWatch Logs or ECR. Gives the answer's body.
  std::string CallJson(Service service, const std::string& operation, const std::string& body);

  // What lies at an address that a service has signed already, of a few KiB.
  // Errors: throws Failure for what is no URL, ServiceError, NoAnswer, Interrupted.
  std::string Fetch(const std::string& url);

  Endpoint EndpointOf(Service service) const {
    return settings_.Resolve(service, settings_.region);
  }
  const std::string& Region() const { return settings_.region; }
  void SetDeadline(Deadline deadline) { caller_.SetDeadline(deadline); }
  Interrupts& GetInterrupts() { return caller_.GetInterrupts(); }

 private:
  const Settings& settings_;
  Caller& caller_;
  CredentialStore& credentials_;
};

}  // namespace tenon::aws
