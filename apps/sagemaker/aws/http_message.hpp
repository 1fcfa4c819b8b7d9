// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request as it goes onto the wire, and its answer.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon::aws {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  std::string scheme = "https";
  std::string host;        // With the port, where it is not the scheme's own.
  std::string path = "/";  // Percent-encoded.
  std::vector<std::pair<std::string, std::string>> query;  // Not encoded.
  Headers headers;                                         // Without Host and Content-Length.
  std::string body;

  void SetHeader(std::string_view name, std::string value);
  // The query, sorted and encoded as it is signed; empty without one.
  std::string QueryText() const;
  std::string UrlText() const;
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // Names in lower case.
  std::string body;
  // More than once where a connection that was kept turned out to be dead: the first may still have
  // reached the service.
  int times_sent = 0;

  // The first header of that lower-case name; empty where there is none.
  std::string_view Header(std::string_view name) const;
};

}  // namespace tenon::aws
