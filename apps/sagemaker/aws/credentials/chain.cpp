// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/chain.hpp"

#include "aws/failure.hpp"

namespace tenon::aws {

Credentials FindCredentials(const SourceContext& context) {
  const Settings& settings = context.settings;
  const bool profile_first = settings.profile_origin == ProfileOrigin::kFlag;
  if (!profile_first) {
    if (auto found = FromEnvironment(settings)) return *std::move(found);
    if (!TakesRole(settings, settings.profile)) {
      if (auto found = FromWebIdentityVariables(context)) return *std::move(found);
    }
  }
  if (auto found = FromProfile(context, settings.profile)) return *std::move(found);
  if (auto found = FromContainer(context)) return *std::move(found);
  if (auto found = FromInstanceMetadata(context)) return *std::move(found);
  throw Failure(
      "There are no AWS credentials. Looked at: " +
      std::string(profile_first ? "" : "AWS_ACCESS_KEY_ID; AWS_WEB_IDENTITY_TOKEN_FILE; ") +
      "profile '" + settings.profile + "' in " + settings.config_path + " and " +
      settings.credentials_path +
      " (keys, role_arn, IAM Identity Center, credential_process); "
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI; instance metadata.");
}

const Credentials& CredentialStore::Current() {
  if (found_ && found_->expires &&
      *found_->expires - kRenewBefore <= std::chrono::system_clock::now()) {
    found_.reset();
  }
  if (!found_) found_ = FindCredentials(context_);
  return *found_;
}

}  // namespace tenon::aws
