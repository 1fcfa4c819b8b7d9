// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/request_context.hpp"

#include <algorithm>
#include <string>

#include "tenon/base/error.hpp"

namespace tenon {
namespace {

char Lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view Trim(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

void WriteHex(std::uint64_t value, char* out) noexcept {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int i = 15; i >= 0; --i) {
    out[i] = kDigits[value & 15];
    value >>= 4;
  }
}

}  // namespace

bool RequestContext::NamesEqual(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::optional<std::string_view> RequestContext::Header(std::string_view name) const noexcept {
  for (const tenon::Header& header : headers_) {
    if (NamesEqual(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> RequestContext::CustomAttribute(
    std::string_view key) const noexcept {
  std::string_view rest = custom_attributes_;
  while (!rest.empty()) {
    const std::size_t end = rest.find(';');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (NamesEqual(Trim(pair.substr(0, equals)), key)) return Trim(pair.substr(equals + 1));
  }
  return std::nullopt;
}

void RequestContext::ReplyCustomAttributes(std::string_view text) const {
  constexpr std::size_t kMost = 1024;
  const bool is_visible =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (text.size() > kMost || !is_visible) {
    throw Error(ErrorCode::kInternal,
                "The model's custom attributes are not what SageMaker passes on.")
        .WithPrivateDetail("At most 1,024 visible ASCII characters; found " +
                           std::to_string(text.size()) + ".");
  }
  const std::lock_guard lock(reply_mutex_);
  reply_custom_attributes_ = text;
}

std::optional<std::string> RequestContext::ReplyCustomAttributes() const {
  const std::lock_guard lock(reply_mutex_);
  return reply_custom_attributes_;
}

void RequestContext::MakeId(std::uint64_t process, std::uint64_t number) noexcept {
  WriteHex(process, made_id_.data());
  WriteHex(number, made_id_.data() + 16);
  id_ = std::string_view(made_id_.data(), made_id_.size());
}

}  // namespace tenon
