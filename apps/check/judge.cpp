// SPDX-License-Identifier: Apache-2.0
#include "judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <regex>

#include "tenon/schema/json.hpp"
#include "tenon/schema/raw_json.hpp"

namespace tenon::check {
namespace {

using Fault = std::optional<std::string>;

// Regular expressions of the standard library need stack for every character.
constexpr std::size_t kSearchedBytes = 4096;

// The beginning of a text, on one line.
std::string Shown(std::string_view text) {
  constexpr std::size_t kShown = 100;
  std::string shown(text.substr(0, kShown));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return "'" + shown + (text.size() > kShown ? "...'" : "'");
}

bool IsJson(std::string_view text) { return schema::ReadJson<RawJson>(text).Ok(); }

bool IsHtml(const Reply& reply) {
  const auto type = reply.Header("content-type");
  return (type && type->starts_with("text/html")) ||
         reply.body.find("<html") != std::string::npos ||
         reply.body.find("<!DOCTYPE") != std::string::npos;
}

Fault JudgeStatus(const Expectation& expected, int status) {
  const auto is = [status](const std::string& pattern) { return StatusIs(pattern, status); };
  if (!expected.status.empty() &&
      std::none_of(expected.status.begin(), expected.status.end(), is)) {
    return fmt::format("status {}, expected {}", status, fmt::join(expected.status, " or "));
  }
  if (std::any_of(expected.status_not.begin(), expected.status_not.end(), is)) {
    return fmt::format("status {}, which must not be", status);
  }
  return std::nullopt;
}

Fault JudgeHeader(const HeaderRule& rule, const Reply& reply, Values& values) {
  const auto value = reply.Header(rule.name);
  if (!value) {
    if (!rule.present) return std::nullopt;
    return "the header " + rule.name + " is missing";
  }
  if (!rule.present) return "there is a header " + rule.name + ": " + Shown(*value);
  if (rule.contains) {
    const auto part = Expand(*rule.contains, values);
    if (!part) return part.Error().Detail();
    if (value->find(*part) == std::string_view::npos) {
      return rule.name + " is " + Shown(*value) + ", expected " + Shown(*part) + " in it";
    }
  }
  if (rule.matches) {
    std::match_results<std::string_view::const_iterator> match;
    if (!std::regex_match(value->begin(), value->end(), match, std::regex(*rule.matches))) {
      return rule.name + " is " + Shown(*value) + ", which is not " + *rule.matches;
    }
    if (rule.capture && match.size() > 1) values[*rule.capture] = match[1].str();
  }
  return std::nullopt;
}

Fault JudgeBody(const Expectation& expected, const Reply& reply, const Values& values) {
  if (expected.body_contains) {
    const auto part = Expand(*expected.body_contains, values);
    if (!part) return part.Error().Detail();
    if (reply.body.find(*part) == std::string::npos) {
      return "the body is " + Shown(reply.body) + ", expected " + Shown(*part) + " in it";
    }
  }
  if (expected.body_lacks) {
    const auto part = Expand(*expected.body_lacks, values);
    if (!part) return part.Error().Detail();
    if (reply.body.find(*part) != std::string::npos) return "the body holds " + Shown(*part);
  }
  const std::string beginning = reply.body.substr(0, kSearchedBytes);
  if (expected.body_matches && !std::regex_search(beginning, std::regex(*expected.body_matches))) {
    return "the body is " + Shown(reply.body) + ", which is not " + *expected.body_matches;
  }
  if (expected.json && !IsJson(reply.body)) return "the body is no JSON: " + Shown(reply.body);
  if (expected.not_html && IsHtml(reply)) return "the body is HTML: " + Shown(reply.body);
  if (expected.max_body_bytes && reply.body.size() > *expected.max_body_bytes) {
    return fmt::format("the body has {} bytes, at most {} are passed on", reply.body.size(),
                       *expected.max_body_bytes);
  }
  if (expected.chunked && reply.end != BodyEnd::kChunked) {
    return "the reply is not chunked (Transfer-Encoding)";
  }
  if (expected.min_arrivals && reply.arrivals < *expected.min_arrivals) {
    return fmt::format("the body came in {} piece(s), expected at least {}", reply.arrivals,
                       *expected.min_arrivals);
  }
  return std::nullopt;
}

Fault JudgeAgainst(const Reference* reference, const Reply& reply) {
  if (reference == nullptr) return "there is no plain invocation to compare with";
  if (reply.status != reference->status) {
    return fmt::format("status {} with {}, while the plain invocation got {}", reply.status,
                       Shown(reply.body), reference->status);
  }
  if (reference->same_every_time && reply.body != reference->body) {
    return "the body is " + Shown(reply.body) + ", while the plain invocation got " +
           Shown(reference->body);
  }
  return std::nullopt;
}

Fault JudgeOne(const Received& received, const Expectation& expected, const Reference* reference,
               Values& values) {
  if (expected.closed) {
    if (received.ending == Ending::kClosed) return std::nullopt;
    return received.Text() + ", expected the connection to be closed";
  }
  if (received.ending != Ending::kReply) return received.Text();
  const Reply& reply = received.reply;
  if (auto fault = JudgeStatus(expected, reply.status)) return fault;
  for (const HeaderRule& rule : expected.headers) {
    if (auto fault = JudgeHeader(rule, reply, values)) return fault;
  }
  if (auto fault = JudgeBody(expected, reply, values)) return fault;
  return expected.as_reference ? JudgeAgainst(reference, reply) : std::nullopt;
}

}  // namespace

bool StatusIs(const std::string& pattern, int status) {
  if (pattern.ends_with("xx")) return pattern[0] - '0' == status / 100;
  return pattern == std::to_string(status);
}

std::optional<std::string> Judge(const Received& received, std::span<const Expectation> any_of,
                                 const Reference* reference, Values& values) {
  Fault first;
  for (const Expectation& expected : any_of) {
    Fault fault = JudgeOne(received, expected, reference, values);
    if (!fault) return std::nullopt;
    if (!first) first = std::move(fault);
  }
  return first;
}

}  // namespace tenon::check
