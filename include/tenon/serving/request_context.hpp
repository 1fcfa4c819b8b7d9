// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known of a request besides its payload.

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/stop.hpp"

namespace tenon {

// A header of a request; both parts point into the request's buffer.
struct Header {
  std::string_view name;
  std::string_view value;
};

// The optional second parameter of every `Infer`: id, deadline, stop, headers, session.
//
//   Response Infer(const Request& request, const tenon::RequestContext& context) const;
//
// Lifetime: as long as the request is being worked on. Thread safety: immutable while a deployment
// can see it; the stop token may change to stopped at any time.
class TENON_EXPORT RequestContext {
 public:
  RequestContext() = default;
  RequestContext(const RequestContext&) = delete;
  RequestContext& operator=(const RequestContext&) = delete;

  // Never empty within a request: the client's id where it gave a usable one, else one made here.
  std::string_view Id() const noexcept { return id_; }
  tenon::Deadline Deadline() const noexcept { return deadline_; }
  StopToken Stop() const noexcept { return stop_; }

  std::span<const Header> Headers() const noexcept { return headers_; }
  // The value of the first header of that name, compared without regard to case.
  std::optional<std::string_view> Header(std::string_view name) const noexcept;

  // Compares header names as HTTP does: without regard to case (RFC 9110 §5.1).
  static bool NamesEqual(std::string_view a, std::string_view b) noexcept;

  // SageMaker's custom attributes, as sent: at most 1,024 visible ASCII characters, or empty.
  std::string_view CustomAttributes() const noexcept { return custom_attributes_; }
  // One of them, where they have the form `key=value;key2=value2`.
  std::optional<std::string_view> CustomAttribute(std::string_view key) const noexcept;
  // The sticky session that the request belongs to, or empty.
  std::string_view SessionId() const noexcept { return session_id_; }

  // How urgent it is, as RFC 9218 counts: 0 before everything, 7 after everything. What waits for
  // long rises, so that nothing waits for ever.
  static constexpr int kMaxPriority = 7;
  static constexpr int kDefaultPriority = 3;
  int Priority() const noexcept { return priority_; }

  // Sends custom attributes back with the reply: at most 1,024 visible ASCII characters; what was
  // said last counts. Says nothing in a reply that is an error, nor once a stream has begun.
  // Errors: throws kInternal for other texts. Thread safety: thread-safe.
  void ReplyCustomAttributes(std::string_view text) const;
  // What was said so, or nothing.
  std::optional<std::string> ReplyCustomAttributes() const;

  // For drivers, before the request reaches a handle.
  void SetId(std::string_view id) noexcept { id_ = id; }
  // Writes an id from a number that is unique in this process.
  void MakeId(std::uint64_t process, std::uint64_t number) noexcept;
  void SetDeadline(tenon::Deadline deadline) noexcept { deadline_ = deadline; }
  void SetStop(StopToken stop) noexcept { stop_ = stop; }
  void SetHeaders(std::span<const tenon::Header> headers) noexcept { headers_ = headers; }
  void SetCustomAttributes(std::string_view text) noexcept { custom_attributes_ = text; }
  void SetPriority(int priority) noexcept { priority_ = priority; }
  void SetSessionId(std::string_view id) noexcept { session_id_ = id; }

 private:
  std::string_view id_;
  tenon::Deadline deadline_ = tenon::Deadline::Never();
  StopToken stop_;
  std::span<const tenon::Header> headers_;
  std::string_view custom_attributes_;
  std::string_view session_id_;
  int priority_ = kDefaultPriority;
  std::array<char, 32> made_id_{};
  // Deployments see a const context, and several of them at once.
  mutable std::mutex reply_mutex_;
  mutable std::optional<std::string> reply_custom_attributes_;
};

}  // namespace tenon
