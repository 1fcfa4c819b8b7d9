// SPDX-License-Identifier: Apache-2.0
#include "http/head_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "tenon/serving/request_context.hpp"

namespace tenon::http {
namespace {

template <class Number>
void AppendNumber(Number number, int base, std::string& out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

bool IsToken(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool IsValue(std::string_view value) noexcept {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

bool IsOurs(std::string_view name) noexcept {
  for (const std::string_view own :
       {"Content-Length", "Transfer-Encoding", "Connection", "Content-Type"}) {
    if (RequestContext::NamesEqual(name, own)) return true;
  }
  return false;
}

}  // namespace

std::string_view ReasonOf(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 424: return "Failed Dependency";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    default: return {};
  }
}

void AppendHead(const Response& response, const HeadFacts& facts, std::string& out) {
  const int status = response.Status();
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    AppendNumber(status, 10, out);
    out.append(" ").append(ReasonOf(status)).append("\r\n");
  }
  if (MayHaveBody(status)) {
    const bool has_type = facts.framing != Framing::kLength || facts.length != 0;
    if (has_type && IsValue(response.ContentType()) && !response.ContentType().empty()) {
      out.append("Content-Type: ").append(response.ContentType()).append("\r\n");
    }
    if (facts.framing == Framing::kLength) {
      out += "Content-Length: ";
      AppendNumber(facts.length, 10, out);
      out += "\r\n";
    } else if (facts.framing == Framing::kChunked) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  if (facts.persistence == Persistence::kClose) out += "Connection: close\r\n";
  if (facts.persistence == Persistence::kKeepSaying) out += "Connection: keep-alive\r\n";
  for (const auto& [name, value] : response.Headers()) {
    if (!IsToken(name) || !IsValue(value) || IsOurs(name)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!facts.server_timing.empty()) {
    out.append("Server-Timing: ").append(facts.server_timing).append("\r\n");
  }
  out += "\r\n";
}

void AppendChunk(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;
  AppendNumber(bytes.size(), 16, out);
  out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace tenon::http
