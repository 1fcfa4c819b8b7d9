// SPDX-License-Identifier: Apache-2.0
#pragma once

// What SageMaker answers, named as on the wire: the members that are looked at.

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tenon::sagemaker_tool {

struct PackageContainer {
  std::string Image;
  std::optional<std::string> ModelDataUrl;
};
struct InferenceSpecification {
  std::vector<PackageContainer> Containers;
};
struct ValidationStatus {
  std::string Name;
  std::string Status;
  std::optional<std::string> FailureReason;
};
struct PackageStatusDetails {
  std::optional<std::vector<ValidationStatus>> ValidationStatuses;
};
struct ModelPackage {
  std::string ModelPackageArn;
  std::optional<int> ModelPackageVersion;
  std::string ModelPackageStatus;  // Pending, InProgress, Completed, Failed, Deleting.
  std::optional<std::string> ModelApprovalStatus;
  std::optional<std::string> ModelPackageDescription;
  double CreationTime = 0;
  std::optional<InferenceSpecification> InferenceSpecification;
  std::optional<PackageStatusDetails> ModelPackageStatusDetails;
};

struct ServerlessConfig {
  int MemorySizeInMB = 0;
  int MaxConcurrency = 0;
};
struct ConfigVariant {
  std::string VariantName;
  std::optional<std::string> ModelName;
  std::optional<std::string> InstanceType;
  std::optional<int> InitialInstanceCount;
  std::optional<ServerlessConfig> ServerlessConfig;
};
struct EndpointConfig {
  std::string EndpointConfigName;
  std::string EndpointConfigArn;
  std::vector<ConfigVariant> ProductionVariants;
};

struct EndpointVariant {
  std::string VariantName;
  std::optional<double> CurrentWeight;
  std::optional<double> DesiredWeight;
  std::optional<int> CurrentInstanceCount;
  std::optional<int> DesiredInstanceCount;
};
struct Endpoint {
  std::string EndpointName;
  std::string EndpointArn;
  std::string EndpointConfigName;
  std::string EndpointStatus;
  std::optional<std::string> FailureReason;
  double CreationTime = 0;
  double LastModifiedTime = 0;
  std::optional<std::vector<EndpointVariant>> ProductionVariants;
};

struct Model {
  std::string ModelName;
  std::string ModelArn;
};

struct Tag {
  std::string Key;
  std::string Value;
};

}  // namespace tenon::sagemaker_tool
