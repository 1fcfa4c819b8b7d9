// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which content type a request for an artifact has, and which one its answer gets.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/content/artifact_formats.hpp"
#include "tenon/base/result.hpp"
#include "tenon/http/request.hpp"

namespace tenon::sagemaker {

struct ArtifactMedia {
  runtime::ContentType read = runtime::ContentType::kJson;
  runtime::TableHeader read_header = runtime::TableHeader::kLook;
  runtime::ContentType write = runtime::ContentType::kJson;
  runtime::WrittenHeader written_header = runtime::WrittenHeader::kNone;
  std::string_view written_type = "application/json";  // Lives as long as the program.
};

// Thread safety: thread-safe.
class ArtifactMediaTypes {
 public:
  explicit ArtifactMediaTypes(const runtime::ArtifactFormats& formats);

  // A request without Content-Type is JSON; an answer that no Accept restricts is JSON.
  // Errors: kUnsupportedMediaType and kNotAcceptable, listing what there is.
  Result<ArtifactMedia> Choose(const http::Request& request) const;

 private:
  Result<> ChooseRead(std::string_view content_type, ArtifactMedia& media) const;
  Result<> ChooseWrite(std::string_view accept, ArtifactMedia& media) const;

  std::vector<runtime::ContentType> reads_;
  // All names of each type that can be written, JSON first.
  std::vector<std::string_view> written_names_;
  std::vector<runtime::ContentType> written_types_;
  bool reads_json_ = true;
};

}  // namespace tenon::sagemaker
