// SPDX-License-Identifier: Apache-2.0
#pragma once

// SageMaker's control plane, one function a call.

#include <optional>
#include <string>
#include <vector>

#include "aws/service_client.hpp"
#include "json/json_object.hpp"
#include "services/sagemaker_types.hpp"

namespace tenon::sagemaker_tool {

// The ones that take a body pass it on as it is. A creating call that was repeated and meets its
// own object goes on with it. What may be missing is optional. Errors: as ServiceClient::Send.
class SageMakerApi {
 public:
  explicit SageMakerApi(aws::ServiceClient& client) : client_(client) {}

  bool HasModelPackageGroup(const std::string& name);
  void CreateModelPackageGroup(const JsonObject& body);
  void DeleteModelPackageGroup(const std::string& name);
  std::string CreateModelPackage(const JsonObject& body);
  ModelPackage DescribeModelPackage(const std::string& arn);
  void UpdateModelPackage(const JsonObject& body);
  // ARNs, newest first.
  std::vector<std::string> ListModelPackages(const std::string& group);

  std::string CreateModel(const JsonObject& body, const std::string& name);
  std::string CreateEndpointConfig(const JsonObject& body, const std::string& name);
  std::string CreateEndpoint(const JsonObject& body, const std::string& name,
                             const std::string& config);
  void UpdateEndpoint(const JsonObject& body);
  std::optional<Endpoint> DescribeEndpoint(const std::string& name);
  std::optional<EndpointConfig> DescribeEndpointConfig(const std::string& name);
  std::optional<Model> DescribeModel(const std::string& name);

  // What is not there any more is deleted.
  void DeleteEndpoint(const std::string& name);
  void DeleteEndpointConfig(const std::string& name);
  void DeleteModel(const std::string& name);

  std::vector<std::string> ListEndpoints();
  std::vector<std::string> ListEndpointConfigs(const std::string& name_contains);
  std::vector<std::string> ListModels(const std::string& name_contains);
  std::vector<Tag> ListTags(const std::string& arn);

  aws::ServiceClient& Client() { return client_; }

 private:
  std::string CallJson(const std::string& operation, const JsonObject& body);
  void Delete(const std::string& operation, const std::string& member, const std::string& name);

  aws::ServiceClient& client_;
};

}  // namespace tenon::sagemaker_tool
