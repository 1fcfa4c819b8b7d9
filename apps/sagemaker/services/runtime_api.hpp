// SPDX-License-Identifier: Apache-2.0
#pragma once

// Calling an endpoint.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/failure.hpp"
#include "aws/service_client.hpp"

namespace tenon::sagemaker_tool {

struct Invocation {
  std::string endpoint;
  std::string body;
  std::optional<std::string> content_type;
  std::optional<std::string> accept;
  std::optional<std::string> custom_attributes;
  std::optional<std::string> inference_id;
  std::optional<std::string> target_model;
  std::optional<std::string> target_variant;
  std::optional<std::string> target_container;
  std::optional<std::string> session_id;
};

// The model answered with an error: its own status and text, which the platform wraps.
class ModelError : public aws::Failure {
 public:
  using aws::Failure::Failure;
};

struct InvocationAnswer {
  std::string body;
  std::string content_type;
  std::string variant;
  std::string custom_attributes;
  std::string new_session_id;
};

struct AsyncTicket {
  std::string output;  // S3 URIs.
  std::string failure;
  std::string inference_id;
};

using OnPiece = std::function<void(std::string_view piece)>;

// The platform gives a model 60 s; a client should wait a little longer.
inline constexpr std::chrono::seconds kInvocationTimeout{70};

// Errors: throws ModelError, and what ServiceClient::Send throws.
class RuntimeApi {
 public:
  explicit RuntimeApi(aws::ServiceClient& client) : client_(client) {}

  InvocationAnswer Invoke(const Invocation& invocation);
  // Gives the answer piece by piece as it arrives. Pieces end anywhere, even inside a character.
  void InvokeStream(const Invocation& invocation, const OnPiece& on_piece);
  // With an input in S3 the body is not sent.
  AsyncTicket InvokeAsync(const Invocation& invocation, const std::optional<std::string>& input);

 private:
  aws::HttpResponse Send(const aws::ServiceRequest& request);

  aws::ServiceClient& client_;
};

}  // namespace tenon::sagemaker_tool
