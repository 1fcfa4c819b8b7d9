// SPDX-License-Identifier: Apache-2.0
#pragma once

// One exchange over HTTP, by libcurl.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aws/http_message.hpp"

namespace tenon::aws {

class Interrupts;

// Instance metadata and container credentials are never asked through a proxy.
enum class ProxyUse : std::uint8_t { kFromEnvironment, kNever };

struct Transfer {
  std::chrono::milliseconds connect_timeout{10'000};
  // For everything; zero: as long as bytes move.
  std::chrono::milliseconds timeout{60'000};
  // Without a byte in either direction.
  std::chrono::seconds idle_timeout{60};
  ProxyUse proxy = ProxyUse::kFromEnvironment;
  // Takes the body of a 2xx answer piece by piece instead of `HttpResponse::body`.
  std::function<void(std::string_view piece)> on_body = {};
  // How many bytes of the request's body have been sent.
  std::function<void(std::uint64_t sent)> on_sent = {};
};

// Keeps connections between calls. Proxies come from HTTPS_PROXY, ALL_PROXY and NO_PROXY.
// Thread safety: thread-compatible.
class HttpClient {
 public:
  // `ca_bundle` is a file of certificates; empty: the system's.
  HttpClient(Interrupts& interrupts, std::string ca_bundle);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Errors: throws NoAnswer where no complete answer came (also for one over 64 MiB that is not
  // taken piece by piece), Interrupted, and what `on_body` throws.
  HttpResponse Send(const HttpRequest& request, const Transfer& transfer);

 private:
  struct Handle;
  Interrupts& interrupts_;
  std::string ca_bundle_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace tenon::aws
