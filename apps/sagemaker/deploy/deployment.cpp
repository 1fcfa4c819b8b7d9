// SPDX-License-Identifier: Apache-2.0
#include "deploy/deployment.hpp"

#include <random>

#include "aws/failure.hpp"
#include "deploy/failure_report.hpp"
#include "deploy/judgement.hpp"
#include "deploy/owned_names.hpp"
#include "deploy/teardown.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

// Cleaning up has its own time, whatever is left of the command's.
constexpr std::chrono::minutes kCleanUpTime{10};

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::string DeleteCommand(const std::string& endpoint) {
  return "tenon sagemaker delete-endpoint --endpoint-name " + endpoint + " --yes";
}

Deployment::Deployment(SageMakerApi& api, LogsApi& logs, DeployChoice choice,
                       DeploymentOptions options)
    : api_(api),
      logs_(logs),
      choice_(std::move(choice)),
      options_(options),
      variant_(kVariantName),
      name_(OwnedName(choice_.endpoint, std::chrono::system_clock::now(), std::random_device()())),
      began_ms_(NowMs()) {}

Deployed Deployment::Run(const std::string& role_arn, const std::string& image,
                         const std::optional<Endpoint>& existing) {
  existing_ = existing;
  api_.Client().SetDeadline(options_.pace.DeadlineFromNow());
  try {
    CreateParts(role_arn, image);
    existing_ ? UpdateEndpoint(*existing_) : CreateEndpoint();
  } catch (const aws::Failure&) {
    may_have_endpoint_ ? TakeBackAll() : TakeBackParts();
    throw;
  }
  if (options_.wait == WaitWish::kReturn) return Result(existing_ ? "Updating" : "Creating");
  try {
    return Wait();
  } catch (const aws::Interrupted&) {
    LeaveRunning("Interrupted");
  }
}

void Deployment::CreateParts(const std::string& role_arn, const std::string& image) {
  if (existing_) {
    // Properties are retained by the variant's name.
    const auto old = api_.DescribeEndpointConfig(existing_->EndpointConfigName);
    if (old && old->ProductionVariants.size() == 1) {
      variant_ = old->ProductionVariants[0].VariantName;
    }
  }
  const JsonObject model = ModelBody(choice_, name_, role_arn, image);
  const JsonObject config = ConfigBody(choice_, name_, name_, variant_);
  made_model_ = true;  // From the first attempt on, for its answer can get lost.
  api_.CreateModel(model, name_);
  made_config_ = true;
  api_.CreateEndpointConfig(config, name_);
}

void Deployment::CreateEndpoint() {
  try {
    endpoint_arn_ = api_.CreateEndpoint(EndpointBody(choice_, name_), choice_.endpoint, name_);
  } catch (const aws::ServiceError&) {
    throw;
  } catch (const aws::Failure&) {
    may_have_endpoint_ = true;
    throw;
  }
}

void Deployment::UpdateEndpoint(const Endpoint& existing) {
  api_.UpdateEndpoint(UpdateBody(choice_, name_, options_.instance_count));
  endpoint_arn_ = existing.EndpointArn;
}

Deployed Deployment::Wait() {
  const auto begin = std::chrono::steady_clock::now();
  api_.Client().SetDeadline(options_.pace.LastLookFromNow());
  const std::string old_reason = existing_ ? existing_->FailureReason.value_or("") : "";
  Expectation expectation{.config = name_, .old_failure_reason = old_reason};
  Progress progress;
  for (;;) {
    const auto endpoint = api_.DescribeEndpoint(choice_.endpoint);
    if (!endpoint) {
      progress.Clear();
      TakeBackParts();
      throw aws::Failure("The endpoint '" + choice_.endpoint +
                         "' is gone: somebody deleted it while it was created.");
    }
    const Verdict verdict = Judge({.status = endpoint->EndpointStatus,
                                   .config = endpoint->EndpointConfigName,
                                   .failure_reason = endpoint->FailureReason.value_or("")},
                                  expectation);
    const auto age = std::chrono::steady_clock::now() - begin;
    progress.Clear();
    if (verdict == Verdict::kAlive) {
      if (existing_) RemoveReplaced();
      return Result(endpoint->EndpointStatus);
    }
    if (verdict == Verdict::kFailed) {
      Fail(*endpoint, "The endpoint '" + choice_.endpoint + "' did not come alive (" +
                          endpoint->EndpointStatus + " after " + AgeText(age) + ")");
    }
    if (verdict == Verdict::kRolledBack) {
      Fail(*endpoint, "The update of '" + choice_.endpoint +
                          "' was rolled back: it is InService with its old config '" +
                          endpoint->EndpointConfigName + "'");
    }
    if (IsUpdating(endpoint->EndpointStatus)) expectation.update_was_seen = true;
    if (age + options_.pace.interval > options_.pace.timeout) {
      LeaveRunning("Still " + endpoint->EndpointStatus + " after " + AgeText(age) + " (--timeout)");
    }
    progress.Show(choice_.endpoint + "  " + endpoint->EndpointStatus + "  " + AgeText(age));
    api_.Client().GetInterrupts().Sleep(options_.pace.interval);
  }
}

void Deployment::Fail(const Endpoint& endpoint, const std::string& headline) {
  api_.Client().SetDeadline(Deadline::After(std::chrono::steady_clock::now(), kCleanUpTime));
  // Logs first: deleting takes minutes, and people want to know.
  std::string report = FailureReport({.endpoint = choice_.endpoint,
                                      .region = api_.Client().Region(),
                                      .headline = headline,
                                      .failure_reason = endpoint.FailureReason.value_or(""),
                                      .since_ms = began_ms_},
                                     logs_);
  if (options_.on_failure == OnFailure::kKeep) {
    report += "Kept (--keep): the endpoint '" + choice_.endpoint + "', model and config '" + name_ +
              "'. Delete with: " + DeleteCommand(choice_.endpoint);
  } else if (!existing_) {
    report += TakeBackAll() == Cleared::kAll ? "Endpoint, config and model were deleted."
                                             : "Not all of it could be deleted. Delete with: " +
                                                   DeleteCommand(choice_.endpoint);
  } else if (endpoint.EndpointStatus == "InService") {
    report += "The endpoint serves as before; ";
    report += TakeBackParts() == Cleared::kAll ? "the new config and model were deleted."
                                               : "not all of the new could be deleted.";
  } else {
    report += "The endpoint is left as it is, for it served before. Delete with: " +
              DeleteCommand(choice_.endpoint);
  }
  throw aws::Failure(report);
}

void Deployment::LeaveRunning(const std::string& why) {
  throw aws::Failure(why + ". Left running, and billed: the endpoint '" + choice_.endpoint +
                     "' with model and config '" + name_ +
                     "'. Look with: tenon sagemaker status --endpoint-name " + choice_.endpoint +
                     "\nDelete with: " + DeleteCommand(choice_.endpoint));
}

Deployment::Cleared Deployment::TakeBackAll() {
  return TakeBackEndpoint() == Cleared::kAll ? TakeBackParts() : Cleared::kNotAll;
}

Deployment::Cleared Deployment::TakeBackParts() {
  api_.Client().GetInterrupts().Forget();
  api_.Client().SetDeadline(Deadline::After(std::chrono::steady_clock::now(), kCleanUpTime));
  Cleared cleared = Cleared::kAll;
  const auto attempt = [&cleared](const std::string& what, auto action) {
    try {
      action();
    } catch (const aws::Failure& failure) {
      cleared = Cleared::kNotAll;
      PrintNote(what + " could not be deleted: " + failure.what());
    }
  };
  if (made_config_) {
    attempt("the config '" + name_ + "'", [&] { api_.DeleteEndpointConfig(name_); });
  }
  if (made_model_) attempt("the model '" + name_ + "'", [&] { api_.DeleteModel(name_); });
  return cleared;
}

Deployment::Cleared Deployment::TakeBackEndpoint() {
  api_.Client().GetInterrupts().Forget();
  api_.Client().SetDeadline(Deadline::After(std::chrono::steady_clock::now(), kCleanUpTime));
  try {
    const auto endpoint = api_.DescribeEndpoint(choice_.endpoint);
    if (!endpoint || endpoint->EndpointConfigName != name_) return Cleared::kAll;
    DeleteEndpointAndWait(api_, choice_.endpoint,
                          {.timeout = kCleanUpTime, .interval = options_.pace.interval});
    return Cleared::kAll;
  } catch (const aws::Failure& failure) {
    PrintNote("the endpoint '" + choice_.endpoint + "' could not be deleted and may be billed: " +
              failure.what() + " Delete with: " + DeleteCommand(choice_.endpoint));
    return Cleared::kNotAll;
  }
}

void Deployment::RemoveReplaced() {
  try {
    DeleteParts(api_, OwnedPartsOf(api_, choice_.endpoint, existing_->EndpointConfigName));
  } catch (const aws::Failure& failure) {
    PrintNote("the replaced config '" + existing_->EndpointConfigName +
              "' and its models could not all be deleted: " + failure.what());
  }
}

Deployed Deployment::Result(std::string status) const {
  return {
      .endpoint_arn = endpoint_arn_, .model = name_, .config = name_, .status = std::move(status)};
}

}  // namespace tenon::sagemaker_tool
