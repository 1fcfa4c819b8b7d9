// SPDX-License-Identifier: Apache-2.0
#pragma once

// The little of S3 that is needed: objects, whole and in parts.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service_client.hpp"

namespace tenon::aws {

struct S3Location {
  std::string bucket;
  std::string key;

  std::string Text() const { return "s3://" + bucket + "/" + key; }
};

// "s3://bucket/key" in parts; nothing for any other text, and where the bucket's name is none.
std::optional<S3Location> ParseS3Uri(std::string_view text);

// What a look for an object gives.
struct S3Look {
  std::optional<std::string> body;  // Nothing where there is no such object,
  bool is_denied = false;           // or the caller may not see whether there is.
};

class S3 {
 public:
  explicit S3(ServiceClient& client) : client_(client) {}

  using OnSent = std::function<void(std::uint64_t sent)>;

  bool Exists(const S3Location& location);
  S3Look Read(const S3Location& location);
  void Write(const S3Location& location, std::string body, const OnSent& on_sent);

  std::string BeginParts(const S3Location& location);
  // Gives the part's tag. `number` counts from 1.
  std::string WritePart(const S3Location& location, const std::string& upload, int number,
                        std::string body, const OnSent& on_sent);
  void CompleteParts(const S3Location& location, const std::string& upload,
                     const std::vector<std::string>& tags);
  void AbortParts(const S3Location& location, const std::string& upload);

 private:
  ServiceRequest Request(std::string operation, std::string method, const S3Location& location);

  ServiceClient& client_;
};

}  // namespace tenon::aws
