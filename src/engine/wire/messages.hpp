// SPDX-License-Identifier: Apache-2.0
#pragma once

// What stands inside the frames of the data plane.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/serving/request_context.hpp"

namespace tenon {
class Application;
}  // namespace tenon

namespace tenon::engine {

// Raised when an old peer could not understand a new one. Fields of messages may be added.
inline constexpr std::uint32_t kProtocolVersion = 1;

// The payload of a hello.
struct Hello {
  std::uint32_t version = kProtocolVersion;
  std::string secret;
  std::uint64_t graph = 0;  // GraphHash of the caller's application.
  std::string deployment;   // The one to be called.
};

struct Welcome {
  std::uint32_t version = kProtocolVersion;
  std::uint64_t graph = 0;
};

struct WireFault {
  std::string pointer;
  std::string detail;
};

struct WireError {
  std::string code;  // Its name: numbers move.
  std::string detail;
  std::string private_detail;
  std::vector<WireFault> faults;
  std::uint64_t omitted = 0;
  std::optional<std::int64_t> retry_after_ms;
  // True: the call has surely not begun, so that it may run elsewhere.
  bool is_unstarted = false;
};

WireError ToWire(const Error& error);
Error FromWire(const WireError& error);

// What is known of a call besides its request. Texts point into the frame, or into the context.
struct CallHead {
  std::uint64_t budget_us = 0;  // Left until the deadline; 0: none.
  std::uint64_t credit = 0;     // Items that may come before more are asked for.
  std::uint64_t priority = RequestContext::kDefaultPriority;
  std::string_view id;
  std::string_view custom_attributes;
  std::string_view session_id;
  std::vector<Header> headers;
};

void WriteCallHead(const CallHead& head, std::string& out);
// Nothing where it is none. What a newer peer has added at the end is not looked at.
std::optional<CallHead> ReadCallHead(std::span<const std::byte> bytes);

// The head of an end: custom attributes to be sent back, where there are some.
void WriteEndHead(const std::optional<std::string>& custom_attributes, std::string& out);
std::optional<std::string> ReadEndHead(std::span<const std::byte> bytes);

void WriteCredit(std::uint64_t items, std::string& out);
std::optional<std::uint64_t> ReadCredit(std::span<const std::byte> bytes);

// A number that is equal where names and types of all deployments are.
std::uint64_t GraphHash(const Application& application);

// Compares in a time that does not depend on where they differ.
bool SecretsEqual(std::string_view a, std::string_view b) noexcept;

}  // namespace tenon::engine
