// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a command needs to call AWS: settings, credentials, connection.

#include "aws/service_client.hpp"
#include "commands/command.hpp"
#include "services/logs_api.hpp"
#include "services/sagemaker_api.hpp"

namespace tenon::sagemaker_tool {

// A dry run asks nobody, not even the instance for its region.
enum class RegionLookUp : std::uint8_t { kMayCall, kMakesNoCall };

class Session {
 public:
  // Errors: throws Failure where no region is named anywhere (the places are listed), and for
  // AWS's own files that cannot be read.
  Session(const Flags& flags, Surroundings& surroundings,
          RegionLookUp look_up = RegionLookUp::kMayCall);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  aws::ServiceClient& Client() { return client_; }
  SageMakerApi& SageMaker() { return sagemaker_; }
  LogsApi& Logs() { return logs_; }
  const std::string& Region() const { return settings_.region; }

 private:
  aws::Settings settings_;
  aws::HttpClient http_;
  aws::Caller caller_;
  aws::CredentialStore credentials_;
  aws::ServiceClient client_;
  SageMakerApi sagemaker_;
  LogsApi logs_;
};

}  // namespace tenon::sagemaker_tool
