// SPDX-License-Identifier: Apache-2.0
#include "aws/service_error.hpp"

#include <map>
#include <string>

#include "aws/xml.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::aws {
namespace {

// "com.amazon.coral#ThrottlingException:http://..." means ThrottlingException.
std::string BareCode(std::string_view code) {
  const std::size_t hash = code.rfind('#');
  if (hash != std::string_view::npos) code.remove_prefix(hash + 1);
  return std::string(code.substr(0, code.find(':')));
}

// A member that holds text; empty for others.
std::string TextMember(const std::map<std::string, RawJson>& members, const std::string& name) {
  const auto it = members.find(name);
  if (it == members.end()) return {};
  auto text = schema::ReadJson<std::string>(it->second.text);
  return text ? *std::move(text) : std::string();
}

std::string FirstOf(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

}  // namespace

ServiceError ReadServiceError(std::string_view operation, const HttpResponse& response) {
  std::string code = BareCode(response.Header("x-amzn-errortype"));
  std::string message;
  const std::size_t first = response.body.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && response.body[first] == '<') {
    code = FirstOf(code, XmlText(response.body, "Code").value_or(""));
    message = XmlText(response.body, "Message").value_or("");
  } else if (const auto members = schema::ReadJson<std::map<std::string, RawJson>>(response.body)) {
    code = FirstOf(code, BareCode(TextMember(*members, "__type")));
    code = FirstOf(code, TextMember(*members, "code"));
    code = FirstOf(code, TextMember(*members, "error"));
    message = FirstOf(TextMember(*members, "message"), TextMember(*members, "Message"));
    message = FirstOf(message, TextMember(*members, "error_description"));
  } else {
    message = response.body.substr(0, 500);
  }
  if (code.empty() && response.status == 403) code = "AccessDenied";
  if (code.empty() && response.status == 404) code = "NotFound";
  return {std::string(operation), response.status, std::move(code), std::move(message)};
}

}  // namespace tenon::aws
