// SPDX-License-Identifier: Apache-2.0
#include "tenon/protocol/sagemaker/driver.hpp"

#include <string>
#include <utility>

namespace tenon::sagemaker::detail {
namespace {

void AddPost(http::Driver& driver, schema::Operation operation,
             std::unique_ptr<http::Handler> handler) {
  driver.routes.push_back({.method = "POST",
                           .path = operation.path,
                           .handler = std::move(handler),
                           .readiness = http::Readiness::kWhenReady});
  operation.method = "POST";
  driver.operations.push_back(std::move(operation));
}

// "/v1/chat/completions" as "v1ChatCompletions".
std::string OperationIdOf(const std::string& path) {
  std::string id;
  bool begins_word = false;
  for (const char c : path) {
    const bool is_letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_letter) {
      const bool capital = begins_word && !id.empty() && c >= 'a' && c <= 'z';
      id += capital ? static_cast<char>(c - 32) : c;
    }
    begins_word = !is_letter;
  }
  return id;
}

}  // namespace

http::Driver MakeDriver(std::unique_ptr<http::Handler> invocations, const schema::Type& request,
                        const schema::Type& response) {
  http::Driver driver;
  driver.protocol = "sagemaker";
  schema::Operation operation;
  operation.path = "/invocations";
  operation.operation_id = "invoke";
  operation.summary = "Ask the model for one answer.";
  operation.request = &request;
  operation.response = &response;
  AddPost(driver, std::move(operation), std::move(invocations));
  return driver;
}

void AddOpenAiRoute(http::Driver& driver, std::string path, std::unique_ptr<http::Handler> handler,
                    const schema::Type& request, const schema::Type& response) {
  schema::Operation operation;
  operation.operation_id = OperationIdOf(path);
  operation.path = std::move(path);
  operation.summary = "The OpenAI-compatible path.";
  operation.request = &request;
  operation.response = &response;
  AddPost(driver, std::move(operation), std::move(handler));
}

}  // namespace tenon::sagemaker::detail
