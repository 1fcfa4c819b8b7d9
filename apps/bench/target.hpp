// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where requests go, and what they are.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plan.hpp"
#include "tenon/base/result.hpp"

namespace tenon::bench {

struct Url {
  std::string host;
  std::string port;
  std::string path;  // With the query.
};
// "http://HOST[:PORT][/PATH]"; brackets around an IPv6 address.
// Errors: kInvalid.
Result<Url> ParseUrl(std::string_view text);

// Errors: kUnavailable.
Result<SocketAddress> Resolve(const Url& url);

// Each regular file of a folder, by name; each line of a file that is not empty.
// Errors: kNotFound, also where there is none.
Result<std::string> ReadFile(const std::filesystem::path& path);
Result<std::vector<std::string>> ReadBodies(const std::filesystem::path& folder);
Result<std::vector<std::string>> ReadLines(const std::filesystem::path& file);

struct RequestForm {
  std::string method;
  std::string content_type;
  std::vector<std::string> headers;  // "Name: value".
};
// A whole HTTP/1.1 request.
std::string FormRequest(const Url& url, const RequestForm& form, std::string_view body);

}  // namespace tenon::bench
