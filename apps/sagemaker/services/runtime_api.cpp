// SPDX-License-Identifier: Apache-2.0
#include "services/runtime_api.hpp"

#include "aws/answer.hpp"
#include "aws/event_stream.hpp"
#include "aws/uri.hpp"

namespace tenon::sagemaker_tool {
namespace {

struct ModelErrorAnswer {
  std::optional<std::string> Message;
  std::optional<std::string> message;
  std::optional<int> OriginalStatusCode;
  std::optional<std::string> OriginalMessage;
  std::optional<std::string> LogStreamArn;
};
struct StreamErrorAnswer {
  std::optional<std::string> Message;
  std::optional<std::string> message;
  std::optional<std::string> ErrorCode;
};
struct AsyncAnswer {
  std::optional<std::string> InferenceId;
};

constexpr int kModelErrorStatus = 424;

void SetWhereGiven(aws::HttpRequest& request, const char* name,
                   const std::optional<std::string>& value) {
  if (value) request.SetHeader(name, *value);
}

aws::ServiceRequest Request(const Invocation& invocation, std::string operation,
                            const std::string& action) {
  aws::ServiceRequest request{.service = aws::Service::kSageMakerRuntime,
                              .operation = std::move(operation)};
  aws::HttpRequest& http = request.http;
  http.path = "/endpoints/" + aws::EncodeComponent(invocation.endpoint) + "/" + action;
  http.body = invocation.body;
  SetWhereGiven(http, "X-Amzn-SageMaker-Custom-Attributes", invocation.custom_attributes);
  SetWhereGiven(http, "X-Amzn-SageMaker-Inference-Id", invocation.inference_id);
  SetWhereGiven(http, "X-Amzn-SageMaker-Target-Model", invocation.target_model);
  SetWhereGiven(http, "X-Amzn-SageMaker-Target-Variant", invocation.target_variant);
  SetWhereGiven(http, "X-Amzn-SageMaker-Target-Container-Hostname", invocation.target_container);
  SetWhereGiven(http, "X-Amzn-SageMaker-Session-Id", invocation.session_id);
  request.transfer.timeout = kInvocationTimeout;
  request.accepts = [](int status) { return status == kModelErrorStatus; };
  return request;
}

[[noreturn]] void ThrowModelError(const aws::HttpResponse& response) {
  const auto answer =
      aws::ReadAnswer<ModelErrorAnswer>(response.body, "The ModelError of the endpoint");
  std::string text = "The model answered ";
  text += answer.OriginalStatusCode ? "with status " + std::to_string(*answer.OriginalStatusCode)
                                    : std::string("with an error");
  const auto message = answer.OriginalMessage ? answer.OriginalMessage
                       : answer.Message       ? answer.Message
                                              : answer.message;
  text += ": " + message.value_or("(no message)");
  // 0 is not of the model: the platform gave up waiting.
  if (answer.OriginalStatusCode == 0) text += "\nStatus 0: it did not answer within 60 s.";
  if (answer.LogStreamArn && !answer.LogStreamArn->empty()) {
    text += "\nLog stream: " + *answer.LogStreamArn;
  }
  throw ModelError(text);
}

[[noreturn]] void ThrowStreamError(const aws::StreamMessage& message) {
  if (message.Header(":message-type") == "error") {
    throw ModelError("The stream broke off: " + message.Header(":error-code") + ": " +
                     message.Header(":error-message"));
  }
  const auto answer =
      aws::ReadAnswer<StreamErrorAnswer>(message.payload, "The error in the stream");
  std::string text = "The stream broke off: " + message.Header(":exception-type");
  if (answer.ErrorCode) text += " (" + *answer.ErrorCode + ")";
  throw ModelError(text + ": " + (answer.Message ? *answer.Message : answer.message.value_or("")));
}

}  // namespace

aws::HttpResponse RuntimeApi::Send(const aws::ServiceRequest& request) {
  aws::HttpResponse response = client_.Send(request);
  if (response.status == kModelErrorStatus) ThrowModelError(response);
  return response;
}

InvocationAnswer RuntimeApi::Invoke(const Invocation& invocation) {
  aws::ServiceRequest request = Request(invocation, "InvokeEndpoint", "invocations");
  SetWhereGiven(request.http, "Content-Type", invocation.content_type);
  SetWhereGiven(request.http, "Accept", invocation.accept);
  aws::HttpResponse response = Send(request);
  return {.body = std::move(response.body),
          .content_type = std::string(response.Header("content-type")),
          .variant = std::string(response.Header("x-amzn-invoked-production-variant")),
          .custom_attributes = std::string(response.Header("x-amzn-sagemaker-custom-attributes")),
          .new_session_id = std::string(response.Header("x-amzn-sagemaker-new-session-id"))};
}

void RuntimeApi::InvokeStream(const Invocation& invocation, const OnPiece& on_piece) {
  aws::ServiceRequest request =
      Request(invocation, "InvokeEndpointWithResponseStream", "invocations-response-stream");
  SetWhereGiven(request.http, "Content-Type", invocation.content_type);
  SetWhereGiven(request.http, "X-Amzn-SageMaker-Accept", invocation.accept);
  aws::EventStreamDecoder decoder([&](const aws::StreamMessage& message) {
    if (message.Header(":message-type") != "event") ThrowStreamError(message);
    if (message.Header(":event-type") == "PayloadPart") on_piece(message.payload);
  });
  request.transfer.timeout = std::chrono::minutes(9);  // The platform allows eight.
  request.transfer.idle_timeout = kInvocationTimeout;
  request.transfer.on_body = [&](std::string_view piece) { decoder.Feed(piece); };
  Send(request);
  if (!decoder.IsAtEnd()) throw ModelError("The stream broke off inside a message.");
}

AsyncTicket RuntimeApi::InvokeAsync(const Invocation& invocation,
                                    const std::optional<std::string>& input) {
  aws::ServiceRequest request = Request(invocation, "InvokeEndpointAsync", "async-invocations");
  SetWhereGiven(request.http, "X-Amzn-SageMaker-InputLocation", input);
  SetWhereGiven(request.http, "X-Amzn-SageMaker-Content-Type", invocation.content_type);
  SetWhereGiven(request.http, "X-Amzn-SageMaker-Accept", invocation.accept);
  if (input) request.http.body.clear();
  const aws::HttpResponse response = Send(request);
  const auto answer =
      aws::ReadAnswer<AsyncAnswer>(response.body, "The answer to InvokeEndpointAsync");
  return {.output = std::string(response.Header("x-amzn-sagemaker-outputlocation")),
          .failure = std::string(response.Header("x-amzn-sagemaker-failurelocation")),
          .inference_id = answer.InferenceId.value_or("")};
}

}  // namespace tenon::sagemaker_tool
