// SPDX-License-Identifier: Apache-2.0
#include "tenon/protocol/sagemaker/driver.hpp"

namespace tenon::sagemaker::detail {

http::Driver MakeDriver(std::unique_ptr<http::Handler> invocations, const schema::Type& request,
                        const schema::Type& response) {
  http::Driver driver;
  driver.protocol = "sagemaker";
  driver.routes.push_back({.method = "POST",
                           .path = "/invocations",
                           .handler = std::move(invocations),
                           .readiness = http::Readiness::kWhenReady});
  schema::Operation operation;
  operation.method = "POST";
  operation.path = "/invocations";
  operation.operation_id = "invoke";
  operation.summary = "Ask the model for one answer.";
  operation.request = &request;
  operation.response = &response;
  driver.operations.push_back(std::move(operation));
  return driver;
}

}  // namespace tenon::sagemaker::detail
