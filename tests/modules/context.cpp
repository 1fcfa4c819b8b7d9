// SPDX-License-Identifier: Apache-2.0
// Answers with what a deployment learns of its request besides the payload.
#include <chrono>
#include <optional>
#include <string>
#include <tenon/tenon.hpp>

namespace {

struct Request {
  std::optional<std::string> header;
};
struct Answer {
  std::string id;
  std::string custom_attributes;
  std::string session_id;
  std::optional<std::string> header;
  bool has_deadline;
};

std::optional<std::string> Copy(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

class Context {
 public:
  tenon::Task<Answer> Infer(Request request, const tenon::RequestContext& context) const {
    co_return Answer{
        .id = std::string(context.Id()),
        .custom_attributes = std::string(context.CustomAttributes()),
        .session_id = std::string(context.SessionId()),
        .header = request.header ? Copy(context.Header(*request.header)) : std::nullopt,
        .has_deadline = !context.Deadline().IsNever()};
  }
};

}  // namespace

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Context>()); }
