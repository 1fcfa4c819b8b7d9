// SPDX-License-Identifier: Apache-2.0
#pragma once

// Percent-encoding as AWS signs it, and the parts of a URL.

#include <optional>
#include <string>
#include <string_view>

namespace tenon::aws {

// Encodes every byte but letters, digits, '-', '.', '_' and '~'.
std::string EncodeComponent(std::string_view text);
// The same, but '/' stays.
std::string EncodePath(std::string_view text);

// "https://host:1/base" in parts.
struct Url {
  std::string scheme;  // "http" or "https".
  std::string host;    // With the port, where there is one.
  std::string path;    // As written; empty, or begins with '/' and does not end with it.
};

// Nothing for what is no http or https URL. A query is dropped.
std::optional<Url> ParseUrl(std::string_view text);

}  // namespace tenon::aws
