// SPDX-License-Identifier: Apache-2.0
// What SageMaker's headers say of a request.
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "tenon/protocol/sagemaker/driver.hpp"

namespace tenon::sagemaker::detail {
namespace {

constexpr std::string_view kPlatformPrefix = "X-Amzn-SageMaker-";
constexpr std::string_view kTenonPrefix = "X-Tenon-";
constexpr std::string_view kRayTimeout = "X-Request-Timeout-Seconds";
constexpr std::size_t kMaxInferenceId = 64;  // InvokeEndpoint: 1..64 printable characters.

bool HasPrefix(std::string_view name, std::string_view prefix) noexcept {
  return name.size() > prefix.size() &&
         RequestContext::NamesEqual(name.substr(0, prefix.size()), prefix);
}

bool IsUsableId(std::string_view id) noexcept {
  if (id.empty() || id.size() > kMaxInferenceId) return false;
  for (const char c : id) {
    if (c < 0x21 || c > 0x7e) return false;
  }
  return true;
}

std::optional<std::chrono::milliseconds> Milliseconds(std::string_view text) noexcept {
  long long count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0) return std::nullopt;
  constexpr long long kDay = 86'400'000;  // Far beyond any platform's limit, far below overflow.
  return std::chrono::milliseconds(count < kDay ? count : kDay);
}

void TakePlatformHeader(std::string_view rest, std::string_view value, RequestContext& context) {
  if (RequestContext::NamesEqual(rest, "Custom-Attributes")) {
    context.SetCustomAttributes(value);
  } else if (RequestContext::NamesEqual(rest, "Inference-Id")) {
    if (IsUsableId(value)) context.SetId(value);
  } else if (RequestContext::NamesEqual(rest, "Session-Id")) {
    context.SetSessionId(value);
  }
}

// Seconds with decimals, as Ray Serve takes them.
std::optional<std::chrono::milliseconds> Seconds(std::string_view text) noexcept {
  double count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr double kDay = 86'400;
  if (error != std::errc() || end != text.data() + text.size() || !(count >= 0)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<long long>((count < kDay ? count : kDay) * 1000));
}

std::optional<int> PriorityFrom(std::string_view text) noexcept {
  if (text.size() != 1 || text[0] < '0' || text[0] > '0' + RequestContext::kMaxPriority) {
    return std::nullopt;
  }
  return text[0] - '0';
}

// What a client may ask for, as sent. A header of ours is nearer to the caller than an attribute.
struct Wishes {
  std::optional<std::string_view> timeout_ms;
  std::optional<std::string_view> ray_timeout_s;
  std::optional<std::string_view> priority;
};

void TakeTenonHeader(std::string_view rest, std::string_view value, Wishes& wishes) {
  if (RequestContext::NamesEqual(rest, "Timeout-Ms")) {
    wishes.timeout_ms = value;
  } else if (RequestContext::NamesEqual(rest, "Priority")) {
    wishes.priority = value;
  }
}

}  // namespace

void Prepare(const http::Request& request, TimePoint now, RequestContext& context) {
  Wishes wishes;
  for (const Header& header : request.headers) {
    // Every header of interest begins with x; most others are passed over by one comparison.
    if (header.name.empty() || (header.name[0] | 0x20) != 'x') continue;
    if (HasPrefix(header.name, kPlatformPrefix)) {
      TakePlatformHeader(header.name.substr(kPlatformPrefix.size()), header.value, context);
    } else if (HasPrefix(header.name, kTenonPrefix)) {
      TakeTenonHeader(header.name.substr(kTenonPrefix.size()), header.value, wishes);
    } else if (RequestContext::NamesEqual(header.name, kRayTimeout)) {
      wishes.ray_timeout_s = header.value;
    }
  }
  // SageMaker strips headers it does not know, so the attributes do the same as the headers.
  if (!context.CustomAttributes().empty()) {
    if (!wishes.timeout_ms) wishes.timeout_ms = context.CustomAttribute("tenon-timeout-ms");
    if (!wishes.priority) wishes.priority = context.CustomAttribute("tenon-priority");
  }
  if (wishes.priority) {
    if (const auto priority = PriorityFrom(*wishes.priority)) context.SetPriority(*priority);
  }
  std::optional<std::chrono::milliseconds> budget;
  if (wishes.timeout_ms) {
    budget = Milliseconds(*wishes.timeout_ms);
  } else if (wishes.ray_timeout_s) {
    budget = Seconds(*wishes.ray_timeout_s);
  }
  if (budget) context.SetDeadline(Earlier(context.Deadline(), Deadline::After(now, *budget)));
}

void Finish(const RequestContext& context, http::Response& response) {
  if (auto attributes = context.ReplyCustomAttributes()) {
    response.AddHeader("X-Amzn-SageMaker-Custom-Attributes", *std::move(attributes));
  }
}

}  // namespace tenon::sagemaker::detail
