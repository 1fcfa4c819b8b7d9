// SPDX-License-Identifier: Apache-2.0
#include "tenon/http/error_response.hpp"

#include <chrono>
#include <string>

#include "tenon/schema/json.hpp"

namespace tenon::http {
namespace {

// What the members after a text may take: the rest of the object without `errors`.
constexpr std::size_t kMaxDetailBytes = 1200;
constexpr std::size_t kMaxIdBytes = 400;
// `,"omitted":18446744073709551615` and the brackets.
constexpr std::size_t kTailBytes = 40;

// `text` as a JSON string of at most `limit` bytes, cut between two characters and then ending
// with three dots.
std::string Quoted(std::string_view text, std::size_t limit) {
  std::string quoted;
  schema::WriteJsonString(text, quoted);
  if (quoted.size() <= limit) return quoted;
  // A byte takes at most six: the first length that is tried may be far too short, so it grows
  // again by bisection.
  std::size_t fits = 0;
  std::size_t too_long = text.size();
  std::string best = "\"...\"";
  while (too_long - fits > 1) {
    std::size_t middle = fits + (too_long - fits) / 2;
    std::size_t cut = middle;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    quoted.clear();
    schema::WriteJsonString(std::string(text.substr(0, cut)) + "...", quoted);
    if (quoted.size() <= limit) {
      fits = middle;
      best.swap(quoted);
    } else {
      too_long = middle;
    }
  }
  return best;
}

void WriteFaults(const Error& error, std::string& body, std::size_t begin) {
  std::size_t omitted = error.OmittedFaults();
  bool is_first = true;
  std::size_t written = 0;
  for (const Fault& fault : error.Faults()) {
    std::string item = is_first ? ",\"errors\":[" : ",";
    item += "{\"pointer\":";
    schema::WriteJsonString(fault.pointer, item);
    item += ",\"detail\":";
    schema::WriteJsonString(fault.detail, item);
    item += '}';
    if (body.size() - begin + item.size() + kTailBytes > kMaxErrorBodyBytes) break;
    body += item;
    is_first = false;
    ++written;
  }
  omitted += error.Faults().size() - written;
  if (!is_first) body += ']';
  if (omitted != 0) body.append(",\"omitted\":").append(std::to_string(omitted));
}

}  // namespace

void WriteError(const Error& error, std::string_view request_id, Response& response) {
  response.Reset();
  response.SetStatus(HttpStatus(error.Code()));
  response.SetContentType("application/problem+json");
  std::string& body = response.Body();
  const std::size_t begin = body.size();
  // `type` is left out: it would be about:blank (RFC 9457 §4.2.1), and bytes are scarce here.
  body.append("{\"title\":\"").append(Title(error.Code())).append("\",\"status\":");
  body.append(std::to_string(HttpStatus(error.Code()))).append(",\"code\":\"");
  body.append(Name(error.Code())).append("\",\"detail\":");
  body += Quoted(error.Detail(), kMaxDetailBytes);
  body.append(",\"request_id\":").append(Quoted(request_id, kMaxIdBytes));
  if (const auto pause = error.RetryAfter()) {
    // Behind SageMaker a client sees the body and none of our headers.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*pause);
    response.AddHeader("Retry-After", std::to_string(seconds.count()));
    body.append(",\"retry_after_ms\":").append(std::to_string(pause->count()));
  }
  WriteFaults(error, body, begin);
  body += '}';
}

}  // namespace tenon::http
