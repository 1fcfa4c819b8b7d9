// SPDX-License-Identifier: Apache-2.0
#include "services/sagemaker_api.hpp"

#include "aws/answer.hpp"

namespace tenon::sagemaker_tool {
namespace {

struct PackageSummary {
  std::string ModelPackageArn;
};
struct PackagePage {
  std::vector<PackageSummary> ModelPackageSummaryList;
  std::optional<std::string> NextToken;
};
struct EndpointSummary {
  std::string EndpointName;
};
struct EndpointPage {
  std::vector<EndpointSummary> Endpoints;
  std::optional<std::string> NextToken;
};
struct ConfigSummary {
  std::string EndpointConfigName;
};
struct ConfigPage {
  std::vector<ConfigSummary> EndpointConfigs;
  std::optional<std::string> NextToken;
};
struct ModelSummary {
  std::string ModelName;
};
struct ModelPage {
  std::vector<ModelSummary> Models;
  std::optional<std::string> NextToken;
};
struct TagPage {
  std::vector<Tag> Tags;
  std::optional<std::string> NextToken;
};
struct PackageCreated {
  std::string ModelPackageArn;
};
struct ModelCreated {
  std::string ModelArn;
};
struct ConfigCreated {
  std::string EndpointConfigArn;
};
struct EndpointCreated {
  std::string EndpointArn;
};

template <class T>
T Read(const std::string& json, const std::string& operation) {
  return aws::ReadAnswer<T>(json, "The answer to " + operation);
}

// Calls until a page names no next one.
template <class Page, class Take>
void EachPage(JsonObject body, const std::function<std::string(const JsonObject&)>& call,
              const std::string& operation, Take take) {
  for (;;) {
    const Page page = Read<Page>(call(body), operation);
    take(page);
    if (!page.NextToken || page.NextToken->empty()) return;
    body.SetText("NextToken", *page.NextToken);
  }
}

}  // namespace

std::string SageMakerApi::CallJson(const std::string& operation, const JsonObject& body) {
  return client_.CallJson(aws::Service::kSageMaker, operation, body.Text());
}

bool SageMakerApi::HasModelPackageGroup(const std::string& name) {
  try {
    CallJson("DescribeModelPackageGroup", JsonObject().SetText("ModelPackageGroupName", name));
    return true;
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return false;
  }
}

void SageMakerApi::CreateModelPackageGroup(const JsonObject& body) {
  try {
    CallJson("CreateModelPackageGroup", body);
  } catch (const aws::ServiceError& error) {
    if (!error.SaysExists()) throw;  // Somebody else was faster, or an earlier attempt was ours.
  }
}

void SageMakerApi::DeleteModelPackageGroup(const std::string& name) {
  Delete("DeleteModelPackageGroup", "ModelPackageGroupName", name);
}

std::string SageMakerApi::CreateModelPackage(const JsonObject& body) {
  return Read<PackageCreated>(CallJson("CreateModelPackage", body), "CreateModelPackage")
      .ModelPackageArn;
}

ModelPackage SageMakerApi::DescribeModelPackage(const std::string& arn) {
  return Read<ModelPackage>(
      CallJson("DescribeModelPackage", JsonObject().SetText("ModelPackageName", arn)),
      "DescribeModelPackage");
}

void SageMakerApi::UpdateModelPackage(const JsonObject& body) {
  CallJson("UpdateModelPackage", body);
}

std::vector<std::string> SageMakerApi::ListModelPackages(const std::string& group) {
  std::vector<std::string> arns;
  EachPage<PackagePage>(
      JsonObject()
          .SetText("ModelPackageGroupName", group)
          .SetText("SortBy", "CreationTime")
          .SetText("SortOrder", "Descending"),
      [this](const JsonObject& body) { return CallJson("ListModelPackages", body); },
      "ListModelPackages",
      [&](const PackagePage& page) {
        for (const PackageSummary& summary : page.ModelPackageSummaryList) {
          arns.push_back(summary.ModelPackageArn);
        }
      });
  return arns;
}

std::string SageMakerApi::CreateModel(const JsonObject& body, const std::string& name) {
  try {
    return Read<ModelCreated>(CallJson("CreateModel", body), "CreateModel").ModelArn;
  } catch (const aws::ServiceError& error) {
    if (!error.FollowsRetry() || !error.SaysExists()) throw;
    const auto model = DescribeModel(name);  // Names are made for one deployment: it is ours.
    if (!model) throw;
    return model->ModelArn;
  }
}

std::string SageMakerApi::CreateEndpointConfig(const JsonObject& body, const std::string& name) {
  try {
    return Read<ConfigCreated>(CallJson("CreateEndpointConfig", body), "CreateEndpointConfig")
        .EndpointConfigArn;
  } catch (const aws::ServiceError& error) {
    if (!error.FollowsRetry() || !error.SaysExists()) throw;
    const auto config = DescribeEndpointConfig(name);
    if (!config) throw;
    return config->EndpointConfigArn;
  }
}

std::string SageMakerApi::CreateEndpoint(const JsonObject& body, const std::string& name,
                                         const std::string& config) {
  // A config that was just made may not be seen at once.
  constexpr int kMaxLooks = 8;
  for (int look = 1;; ++look) {
    try {
      return Read<EndpointCreated>(CallJson("CreateEndpoint", body), "CreateEndpoint").EndpointArn;
    } catch (const aws::ServiceError& error) {
      if (error.FollowsRetry() && error.SaysExists()) {
        const auto endpoint = DescribeEndpoint(name);
        if (endpoint && endpoint->EndpointConfigName == config) return endpoint->EndpointArn;
        throw;
      }
      if (!error.SaysMissing() || look == kMaxLooks) throw;
    }
    client_.GetInterrupts().Sleep(std::chrono::milliseconds(250 * look));
  }
}

void SageMakerApi::UpdateEndpoint(const JsonObject& body) { CallJson("UpdateEndpoint", body); }

std::optional<Endpoint> SageMakerApi::DescribeEndpoint(const std::string& name) {
  try {
    return Read<Endpoint>(CallJson("DescribeEndpoint", JsonObject().SetText("EndpointName", name)),
                          "DescribeEndpoint");
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return std::nullopt;
  }
}

std::optional<EndpointConfig> SageMakerApi::DescribeEndpointConfig(const std::string& name) {
  try {
    return Read<EndpointConfig>(
        CallJson("DescribeEndpointConfig", JsonObject().SetText("EndpointConfigName", name)),
        "DescribeEndpointConfig");
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return std::nullopt;
  }
}

std::optional<Model> SageMakerApi::DescribeModel(const std::string& name) {
  try {
    return Read<Model>(CallJson("DescribeModel", JsonObject().SetText("ModelName", name)),
                       "DescribeModel");
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return std::nullopt;
  }
}

void SageMakerApi::Delete(const std::string& operation, const std::string& member,
                          const std::string& name) {
  try {
    CallJson(operation, JsonObject().SetText(member, name));
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
  }
}

void SageMakerApi::DeleteEndpoint(const std::string& name) {
  Delete("DeleteEndpoint", "EndpointName", name);
}

void SageMakerApi::DeleteEndpointConfig(const std::string& name) {
  Delete("DeleteEndpointConfig", "EndpointConfigName", name);
}

void SageMakerApi::DeleteModel(const std::string& name) {
  Delete("DeleteModel", "ModelName", name);
}

std::vector<std::string> SageMakerApi::ListEndpoints() {
  std::vector<std::string> names;
  EachPage<EndpointPage>(
      JsonObject().SetNumber("MaxResults", 100),
      [this](const JsonObject& body) { return CallJson("ListEndpoints", body); }, "ListEndpoints",
      [&](const EndpointPage& page) {
        for (const EndpointSummary& summary : page.Endpoints) {
          names.push_back(summary.EndpointName);
        }
      });
  return names;
}

std::vector<std::string> SageMakerApi::ListEndpointConfigs(const std::string& name_contains) {
  std::vector<std::string> names;
  EachPage<ConfigPage>(
      JsonObject().SetText("NameContains", name_contains).SetNumber("MaxResults", 100),
      [this](const JsonObject& body) { return CallJson("ListEndpointConfigs", body); },
      "ListEndpointConfigs",
      [&](const ConfigPage& page) {
        for (const ConfigSummary& summary : page.EndpointConfigs) {
          names.push_back(summary.EndpointConfigName);
        }
      });
  return names;
}

std::vector<std::string> SageMakerApi::ListModels(const std::string& name_contains) {
  std::vector<std::string> names;
  EachPage<ModelPage>(
      JsonObject().SetText("NameContains", name_contains).SetNumber("MaxResults", 100),
      [this](const JsonObject& body) { return CallJson("ListModels", body); }, "ListModels",
      [&](const ModelPage& page) {
        for (const ModelSummary& summary : page.Models) names.push_back(summary.ModelName);
      });
  return names;
}

std::vector<Tag> SageMakerApi::ListTags(const std::string& arn) {
  std::vector<Tag> tags;
  EachPage<TagPage>(
      JsonObject().SetText("ResourceArn", arn),
      [this](const JsonObject& body) { return CallJson("ListTags", body); }, "ListTags",
      [&](const TagPage& page) { tags.insert(tags.end(), page.Tags.begin(), page.Tags.end()); });
  return tags;
}

}  // namespace tenon::sagemaker_tool
