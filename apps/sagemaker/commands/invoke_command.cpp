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
#include "commands/session.hpp"
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
  flags.RefuseTogether("--stream", "--json", "a stream is printed as it arrives.");
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

// Waits until the answer or the failure is there.
std::string WaitForObject(aws::S3& s3, const AsyncTicket& ticket, const Pace& pace,
                          aws::Interrupts& interrupts) {
  const aws::S3Location output = LocationOf(ticket.output, "an output");
  const auto failure = aws::ParseS3Uri(ticket.failure);
  const auto begin = std::chrono::steady_clock::now();
  Progress progress;
  for (;;) {
    if (auto body = s3.Read(output)) return *std::move(body);
    if (failure) {
      if (const auto text = s3.Read(*failure)) {
        throw ModelError("The model failed: " + *text + "\nFailure object: " + ticket.failure);
      }
    }
    const auto age = std::chrono::steady_clock::now() - begin;
    if (age + pace.interval > pace.timeout) {
      throw aws::Failure("There is no answer after " + AgeText(age) +
                         " (--timeout). It will be at " + ticket.output + ", a failure at " +
                         ticket.failure +
                         ". Whoever may not list the bucket cannot tell missing from forbidden.");
    }
    progress.Show("Waiting for " + ticket.output + "  " + AgeText(age));
    interrupts.Sleep(pace.interval);
  }
}

void InvokeAsync(Session& session, Invocation invocation, const Flags& flags, const Pace& pace,
                 aws::Interrupts& interrupts) {
  const std::string source = flags.Required("--body");
  std::optional<std::string> input;
  if (source.starts_with("s3://")) {
    CheckS3Prefix("--body", source);
    input = source;
  } else {
    invocation.body = ReadBody(source);
    if (invocation.body.size() > kMaxInlineAsync) {
      throw UsageError("--body has " + std::to_string(invocation.body.size()) +
                       " bytes: an asynchronous call takes 128,000; put it into S3 and give the "
                       "s3:// URI.");
    }
  }
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
  if (flags->Has("--async")) {
    Session session(*flags, surroundings);
    InvokeAsync(session, std::move(invocation), *flags, pace, surroundings.interrupts);
    return kDone;
  }
  if (source.starts_with("s3://")) Refuse("--body", source, "an s3:// URI goes with --async only.");
  invocation.body = ReadBody(source);
  Session session(*flags, surroundings);
  RuntimeApi runtime(session.Client());
  if (flags->Has("--stream")) {
    runtime.InvokeStream(invocation, PrintBytes);
  } else {
    PrintAnswer(runtime.Invoke(invocation), *flags);
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
