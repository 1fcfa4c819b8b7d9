// SPDX-License-Identifier: Apache-2.0
#include "deploy/judgement.hpp"

#include <algorithm>

namespace tenon::sagemaker_tool {
namespace {

struct Cause {
  std::string_view part;  // Of the reason, in lower case.
  std::string_view text;
};

// docs/sagemaker.md has the same in long.
constexpr Cause kCauses[] = {
    {"ping health check",
     "The container ran, but GET /ping on port 8080 did not answer 200 in time. Usual causes: the "
     "server ended at start (look at the last log lines), the model takes longer to load than the "
     "start-up limit (--startup-timeout), not enough memory (a larger --instance-type), or the "
     "image does not listen on all interfaces."},
    {"insufficient capacity",
     "AWS has no such instance free in these zones now. Try again later, another --instance-type, "
     "or another region."},
    {"unable to provision",
     "AWS has no such instance free in these zones now. Try again later, another --instance-type, "
     "or another region."},
    {"failed to download model data",
     "The execution role may not read the model data (s3:GetObject on it, s3:ListBucket on the "
     "bucket, kms:Decrypt where it is encrypted), or it is not there, or takes longer than "
     "--model-data-timeout."},
    {"could not access model data",
     "The execution role may not read the model data (s3:GetObject on it, s3:ListBucket on the "
     "bucket, kms:Decrypt where it is encrypted), or it is not there."},
    {"failed to extract",
     "The model data is no gzip-compressed tar file, or it holds links. 'upload-model' makes one "
     "that can be extracted."},
    {"symlink", "The archive holds links, which SageMaker refuses. 'upload-model' names them."},
    {"ecr image",
     "The image is not there, or the execution role may not pull it "
     "(ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:GetAuthorizationToken), or it is of the "
     "wrong kind: build for linux/amd64, with --provenance=false."},
    {"image manifest",
     "SageMaker takes Docker manifests, no OCI ones: build with "
     "--provenance=false --output type=docker."},
    {"unsupported manifest",
     "SageMaker takes Docker manifests, no OCI ones: build with "
     "--provenance=false --output type=docker."},
    {"docker label",
     "A container of several must have the label "
     "com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true."},
    {"no space left",
     "The image and the model do not fit on the instance's disk: "
     "--set config.ProductionVariants.0.VolumeSizeInGB=100."},
    {"quota",
     "The account's limit for this instance type is reached: delete an endpoint "
     "('list' shows them) or ask for more in Service Quotas."},
    {"service limit",
     "The account's limit for this instance type is reached: delete an endpoint "
     "('list' shows them) or ask for more in Service Quotas."},
    {"assume",
     "SageMaker cannot use the execution role: its trust policy must allow "
     "sagemaker.amazonaws.com to call sts:AssumeRole."},
    {"out of memory",
     "The container used more memory than the instance has: a larger "
     "--instance-type."},
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace

Verdict Judge(const EndpointState& state, const Expectation& expectation) {
  if (state.status == "Failed" || state.status == "UpdateRollbackFailed") return Verdict::kFailed;
  if (state.status != "InService") return Verdict::kWait;
  if (state.config == expectation.config) return Verdict::kAlive;
  // The description may be older than the update.
  const bool is_news =
      expectation.update_was_seen ||
      (!state.failure_reason.empty() && state.failure_reason != expectation.old_failure_reason);
  return is_news ? Verdict::kRolledBack : Verdict::kWait;
}

bool IsUpdating(std::string_view status) { return status == "Updating" || status == "RollingBack"; }

std::string_view UsualCause(std::string_view failure_reason) {
  const std::string lower = Lower(failure_reason);
  for (const Cause& cause : kCauses) {
    if (lower.find(cause.part) != std::string::npos) return cause.text;
  }
  return {};
}

std::string_view UsualCauseOfLine(std::string_view line) {
  if (Lower(line).find("exec format error") == std::string::npos) return {};
  return "The image is for another processor than the instance: build it for linux/amd64 "
         "(PLATFORM=linux/amd64), or for linux/arm64 and choose a Graviton type such as "
         "ml.c7g.large.";
}

}  // namespace tenon::sagemaker_tool
