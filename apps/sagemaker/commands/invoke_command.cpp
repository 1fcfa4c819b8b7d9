// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "aws/failure.hpp"
#include "aws/s3.hpp"
#include "checks/names.hpp"
#include "checks/usage_error.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "deploy/pace.hpp"
#include "services/runtime_api.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr std::size_t kMaxInlineAsync = 128'000;

constexpr app::Flag kFlags[] = {
    kEndpointFlag,
    {"--body", "FILE", "the request; - is standard input; with --async also an s3:// URI"},
    {"--content-type", "TYPE", "of the request (application/json)"},
    {"--accept", "TYPE", "of the answer"},
    {"--custom-attributes", "TEXT", "passed to the model as they are"},
    {"--inference-id", "ID", "names the request in logs and captured data"},
    {"--target-model", "FILE", "of a multi-model endpoint"},
    {"--target-variant", "NAME", "the production variant"},
    {"--target-container", "NAME", "of an endpoint with several, called directly"},
    {"--session-id", "ID", "a stateful session, or NEW_SESSION"},
    {"--stream", "", "print the answer as it arrives"},
    {"--async", "", "an asynchronous endpoint: wait for the answer in S3"},
    {"--timeout", "SECONDS", "with --async: how long to wait (900)"},
    kPollFlag,
    kJsonFlag,
    kDryRunFlag,
};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker invoke --body FILE [flags]

Calls an endpoint and prints its answer as it is.
)",
    R"(
Example:
  echo '{"text":"hi"}' | tenon sagemaker invoke --body -
  tenon sagemaker invoke --body request.json --stream
  tenon sagemaker invoke --async --body s3://my-bucket/request.json
)"};

void RefuseImpossible(const Flags& flags) {
  constexpr std::string_view kNoStream = "a multi-model endpoint does not stream.";
  flags.RefuseTogether("--stream", "--async", "an asynchronous answer comes in one piece.");
  flags.RefuseTogether("--stream", "--target-model", kNoStream);
  if (!flags.Has("--dry-run")) {
    flags.RefuseTogether("--stream", "--json", "a stream is printed as it arrives.");
  }
  for (const char* flag :
       {"--target-model", "--target-variant", "--target-container", "--session-id"}) {
    flags.RefuseTogether("--async", flag, "the asynchronous call does not take it.");
  }
  flags.RefuseWithout("--timeout", "--async");
  if (flags.Has("--stream") && flags.Text("--session-id") == "NEW_SESSION") {
    throw UsageError(
        "--stream and --session-id NEW_SESSION do not go together: a streamed call "
        "takes a session that is there.");
  }
}

std::string ReadBody(const std::string& name) {
  std::stringstream text;
  if (name == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file(name, std::ios::binary);
  text << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    throw UsageError("--body is '" + name + "': there is no such file that can be read.");
  }
  return text.str();
}

std::optional<std::string> HeaderText(const Flags& flags, std::string_view name,
                                      std::size_t longest) {
  const auto text = flags.Text(name);
  if (text) CheckHeaderText(name, *text, longest);
  return text;
}

Invocation ReadInvocation(const Flags& flags) {
  Invocation invocation;
  invocation.endpoint = EndpointName(flags);
  invocation.content_type = HeaderText(flags, "--content-type", 1024);
  if (!invocation.content_type) invocation.content_type = "application/json";
  invocation.accept = HeaderText(flags, "--accept", 1024);
  invocation.custom_attributes = HeaderText(flags, "--custom-attributes", 1024);
  invocation.inference_id = HeaderText(flags, "--inference-id", 64);
  invocation.target_model = HeaderText(flags, "--target-model", 1024);
  invocation.target_variant = flags.Text("--target-variant");
  if (invocation.target_variant) CheckName("--target-variant", *invocation.target_variant);
  invocation.target_container = flags.Text("--target-container");
  if (invocation.target_container) CheckName("--target-container", *invocation.target_container);
  invocation.session_id = HeaderText(flags, "--session-id", 256);
  return invocation;
}

void PrintBytes(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
}

void PrintAnswer(const InvocationAnswer& answer, const Flags& flags) {
  if (!flags.Has("--json")) {
    PrintBytes(answer.body);
    if (!answer.new_session_id.empty()) PrintNote("new session: " + answer.new_session_id);
    return;
  }
  JsonObject object;
  object.SetText("content_type", answer.content_type)
      .SetText("variant", answer.variant)
      .SetText("custom_attributes", answer.custom_attributes)
      .SetText("new_session_id", answer.new_session_id);
  IsJson(answer.body) ? object.SetRaw("body", {answer.body}) : object.SetText("body", answer.body);
  PrintLine(object.Text());
}

aws::S3Location LocationOf(const std::string& uri, std::string_view what) {
  // Given as a URI, or as the bucket's URL.
  if (const auto location = aws::ParseS3Uri(uri)) return *location;
  throw aws::Failure("InvokeEndpointAsync answers without " + std::string(what) + " in S3: '" +
                     uri + "'.");
}

constexpr const char* kDenied =
    " S3 says AccessDenied: reading needs s3:GetObject, and telling what is missing from what is "
    "forbidden s3:ListBucket.";

// Waits until the answer or the failure is there.
std::string WaitForObject(aws::S3& s3, const AsyncTicket& ticket, const Pace& pace,
                          aws::Interrupts& interrupts) {
  const aws::S3Location output = LocationOf(ticket.output, "an output");
  const auto failure = aws::ParseS3Uri(ticket.failure);
  const auto begin = std::chrono::steady_clock::now();
  Progress progress;
  for (;;) {
    aws::S3Look look = s3.Read(output);
    if (look.body) return *std::move(look.body);
    if (failure) {
      if (const auto text = s3.Read(*failure).body) {
        throw ModelError("The model failed: " + *text + "\nFailure object: " + ticket.failure);
      }
    }
    const auto age = std::chrono::steady_clock::now() - begin;
    if (age + pace.interval > pace.timeout) {
      throw aws::Failure("There is no answer after " + AgeText(age) +
                         " (--timeout). It will be at " + ticket.output + ", a failure at " +
                         ticket.failure + "." + (look.is_denied ? kDenied : ""));
    }
    progress.Show("Waiting for " + ticket.output + "  " + AgeText(age));
    interrupts.Sleep(pace.interval);
  }
}

void CheckInlineAsync(const std::string& body) {
  if (body.size() <= kMaxInlineAsync) return;
  throw UsageError("--body has " + std::to_string(body.size()) +
                   " bytes: an asynchronous call takes 128,000; put it into S3 and give the "
                   "s3:// URI.");
}

void PrintDryRun(const Invocation& invocation, const std::optional<std::string>& input,
                 const Flags& flags, aws::ServiceClient& client) {
  JsonObject body;
  const auto set = [&body](const std::string& key, const std::optional<std::string>& value) {
    if (value) body.SetText(key, *value);
  };
  body.SetText("EndpointName", invocation.endpoint);
  set("ContentType", invocation.content_type);
  set("Accept", invocation.accept);
  set("CustomAttributes", invocation.custom_attributes);
  set("InferenceId", invocation.inference_id);
  set("TargetModel", invocation.target_model);
  set("TargetVariant", invocation.target_variant);
  set("TargetContainerHostname", invocation.target_container);
  set("SessionId", invocation.session_id);
  set("InputLocation", input);
  if (!input) body.SetText("Body", "(" + std::to_string(invocation.body.size()) + " bytes)");
  const bool is_async = flags.Has("--async");
  std::vector<PlannedCall> calls = {{.service = aws::Service::kSageMakerRuntime,
                                     .operation = is_async ? "InvokeEndpointAsync"
                                                  : flags.Has("--stream")
                                                      ? "InvokeEndpointWithResponseStream"
                                                      : "InvokeEndpoint",
                                     .body = body,
                                     .why = "Calls the endpoint"}};
  if (is_async) {
    calls.push_back({.service = aws::Service::kS3,
                     .operation = "GetObject",
                     .body = JsonObject().SetText("Bucket", "(of the endpoint's output)"),
                     .why = "Until the answer or the failure is there"});
  }
  PrintPlan(calls, flags, client);
}

void InvokeAsync(Session& session, const Invocation& invocation,
                 const std::optional<std::string>& input, const Flags& flags, const Pace& pace,
                 aws::Interrupts& interrupts) {
  RuntimeApi runtime(session.Client());
  const AsyncTicket ticket = runtime.InvokeAsync(invocation, input);
  aws::S3 s3(session.Client());
  const std::string body = WaitForObject(s3, ticket, pace, interrupts);
  if (!flags.Has("--json")) return PrintBytes(body);
  JsonObject object;
  object.SetText("output", ticket.output).SetText("inference_id", ticket.inference_id);
  IsJson(body) ? object.SetRaw("body", {body}) : object.SetText("body", body);
  PrintLine(object.Text());
}

}  // namespace

int Invoke(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  RefuseImpossible(*flags);
  Invocation invocation = ReadInvocation(*flags);
  const std::string source = flags->Required("--body");
  const Pace pace = ReadPace(*flags, std::chrono::minutes(15));
  const bool is_async = flags->Has("--async");
  std::optional<std::string> input;
  if (!source.starts_with("s3://")) {
    invocation.body = ReadBody(source);
    if (is_async) CheckInlineAsync(invocation.body);
  } else if (is_async) {
    CheckS3Prefix("--body", source);
    input = source;
  } else {
    Refuse("--body", source, "an s3:// URI goes with --async only.");
  }
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintDryRun(invocation, input, *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  RuntimeApi runtime(session.Client());
  if (is_async) {
    InvokeAsync(session, invocation, input, *flags, pace, surroundings.interrupts);
  } else if (flags->Has("--stream")) {
    runtime.InvokeStream(invocation, PrintBytes);
  } else {
    PrintAnswer(runtime.Invoke(invocation), *flags);
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
