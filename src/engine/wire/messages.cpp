// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/messages.hpp"

#include <utility>

#include "schema/binary.hpp"
#include "tenon/serving/application.hpp"

namespace tenon::engine {
namespace {

// More headers than the front lets through are no request of ours.
constexpr std::uint64_t kMaxHeaders = 4096;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void Number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }
  void Text(std::string_view text) {
    Number(text.size());
    out_.append(text);
  }

 private:
  std::string& out_;
};

// After the first thing that is not there, everything is zero or empty and `Failed` is true.
class Scanner {
 public:
  explicit Scanner(std::span<const std::byte> bytes)
      : left_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}
  std::uint64_t Number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(left_.front());
      left_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view Text() {
    const std::uint64_t size = Number();
    if (failed_ || size > left_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view text = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(static_cast<std::size_t>(size));
    return text;
  }
  bool Failed() const noexcept { return failed_; }

 private:
  std::string_view left_;
  bool failed_ = false;
};

}  // namespace

WireError ToWire(const Error& error) {
  WireError wire{.code = std::string(Name(error.Code())),
                 .detail = error.Detail(),
                 .private_detail = error.PrivateDetail(),
                 .faults = {},
                 .omitted = error.OmittedFaults(),
                 .retry_after_ms = std::nullopt,
                 .is_unstarted = false};
  for (const Fault& fault : error.Faults()) {
    wire.faults.push_back({.pointer = fault.pointer, .detail = fault.detail});
  }
  if (const auto pause = error.RetryAfter()) wire.retry_after_ms = pause->count();
  return wire;
}

Error FromWire(const WireError& wire) {
  ErrorCode code = ErrorCode::kInternal;
  for (std::size_t i = 0; i < kErrorCodeCount; ++i) {
    if (Name(static_cast<ErrorCode>(i)) == wire.code) code = static_cast<ErrorCode>(i);
  }
  Error error(code, wire.detail);
  if (!wire.private_detail.empty()) error = std::move(error).WithPrivateDetail(wire.private_detail);
  if (!wire.faults.empty() || wire.omitted > 0) {
    std::vector<Fault> faults;
    faults.reserve(wire.faults.size());
    for (const WireFault& fault : wire.faults) {
      faults.push_back({.pointer = fault.pointer, .detail = fault.detail});
    }
    error = std::move(error).WithFaults(std::move(faults), static_cast<std::size_t>(wire.omitted));
  }
  if (wire.retry_after_ms && *wire.retry_after_ms >= 0) {
    error = std::move(error).WithRetryAfter(std::chrono::milliseconds(*wire.retry_after_ms));
  }
  return error;
}

void WriteCallHead(const CallHead& head, std::string& out) {
  Writer writer(out);
  writer.Number(head.budget_us);
  writer.Number(head.credit);
  writer.Number(head.priority);
  writer.Text(head.id);
  writer.Text(head.custom_attributes);
  writer.Text(head.session_id);
  writer.Number(head.headers.size());
  for (const Header& header : head.headers) {
    writer.Text(header.name);
    writer.Text(header.value);
  }
}

std::optional<CallHead> ReadCallHead(std::span<const std::byte> bytes) {
  Scanner scanner(bytes);
  CallHead head;
  head.budget_us = scanner.Number();
  head.credit = scanner.Number();
  head.priority = scanner.Number();
  head.id = scanner.Text();
  head.custom_attributes = scanner.Text();
  head.session_id = scanner.Text();
  const std::uint64_t headers = scanner.Number();
  if (scanner.Failed() || headers > kMaxHeaders ||
      head.priority > static_cast<std::uint64_t>(RequestContext::kMaxPriority)) {
    return std::nullopt;
  }
  for (std::uint64_t i = 0; i < headers; ++i) {
    Header header;
    header.name = scanner.Text();
    header.value = scanner.Text();
    if (scanner.Failed()) return std::nullopt;
    head.headers.push_back(header);
  }
  return head;
}

void WriteEndHead(const std::optional<std::string>& custom_attributes, std::string& out) {
  if (custom_attributes) Writer(out).Text(*custom_attributes);
}

std::optional<std::string> ReadEndHead(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::nullopt;
  Scanner scanner(bytes);
  const std::string_view text = scanner.Text();
  if (scanner.Failed()) return std::nullopt;
  return std::string(text);
}

void WriteCredit(std::uint64_t items, std::string& out) { Writer(out).Number(items); }

std::optional<std::uint64_t> ReadCredit(std::span<const std::byte> bytes) {
  Scanner scanner(bytes);
  const std::uint64_t items = scanner.Number();
  if (scanner.Failed()) return std::nullopt;
  return items;
}

std::uint64_t GraphHash(const Application& application) {
  constexpr std::uint64_t kPrime = 0x100000001B3U;
  std::uint64_t hash = kProtocolVersion;
  const auto mix = [&hash](std::uint64_t number) { hash = (hash ^ number) * kPrime; };
  for (const auto& deployment : application.Deployments()) {
    mix(schema::BinaryName(deployment->Name()));
    mix(schema::LayoutHash(deployment->RequestType()));
    mix(schema::LayoutHash(deployment->ResponseType()));
  }
  return hash;
}

bool SecretsEqual(std::string_view a, std::string_view b) noexcept {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ other));
  }
  return difference == 0;
}

}  // namespace tenon::engine
