// SPDX-License-Identifier: Apache-2.0
#pragma once

// A model becomes an endpoint: model, config, endpoint, and the waiting for it.

#include <cstdint>
#include <optional>
#include <string>

#include "deploy/pace.hpp"
#include "deploy/plan.hpp"
#include "services/logs_api.hpp"
#include "services/sagemaker_api.hpp"

namespace tenon::sagemaker_tool {

enum class OnFailure : std::uint8_t { kDelete, kKeep };
enum class WaitWish : std::uint8_t { kWait, kReturn };

struct DeploymentOptions {
  Pace pace;
  OnFailure on_failure = OnFailure::kDelete;
  WaitWish wait = WaitWish::kWait;
  InstanceCountWish instance_count = InstanceCountWish::kRetain;
};

struct Deployed {
  std::string endpoint_arn;
  std::string model;
  std::string config;
  std::string status;
};

class Deployment {
 public:
  Deployment(SageMakerApi& api, LogsApi& logs, DeployChoice choice, DeploymentOptions options);

  // Creates the endpoint, or changes `existing` in place. What was made before a failure is taken
  // back.
  // Errors: throws Failure with the whole report.
  Deployed Run(const std::string& role_arn, const std::string& image,
               const std::optional<Endpoint>& existing);

 private:
  void CreateParts(const std::string& role_arn, const std::string& image);
  void CreateEndpoint();
  void UpdateEndpoint(const Endpoint& existing);
  Deployed Wait();
  [[noreturn]] void Fail(const Endpoint& endpoint, const std::string& headline);
  [[noreturn]] void LeaveRunning(const std::string& why);
  // These say what they cannot delete. Where the endpoint stays, its config and model do too.
  enum class Cleared : std::uint8_t { kAll, kNotAll };
  Cleared TakeBackAll();
  Cleared TakeBackEndpoint();
  Cleared TakeBackParts();
  void RemoveReplaced();
  Deployed Result(std::string status) const;

  SageMakerApi& api_;
  LogsApi& logs_;
  DeployChoice choice_;
  DeploymentOptions options_;
  std::optional<Endpoint> existing_;
  std::string variant_;
  std::string name_;  // Of model and config.
  std::string endpoint_arn_;
  std::int64_t began_ms_ = 0;
  bool made_model_ = false;
  bool made_config_ = false;
  bool may_have_endpoint_ = false;  // Its creation went unanswered.
};

// The command that deletes it.
std::string DeleteCommand(const std::string& endpoint);

}  // namespace tenon::sagemaker_tool
