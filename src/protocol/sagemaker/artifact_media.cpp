// SPDX-License-Identifier: Apache-2.0
#include "protocol/sagemaker/artifact_media.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "http/media_type.hpp"

namespace tenon::sagemaker {
namespace {

using runtime::ContentType;

// Long header values are cut: an error body has 2,048 bytes.
std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return "'" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "...'" : "'");
}

std::string Listing(const std::vector<ContentType>& types) {
  std::string list;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i > 0) list += i + 1 == types.size() ? " or " : ", ";
    list += runtime::NameOf(types[i]);
  }
  return list;
}

}  // namespace

ArtifactMediaTypes::ArtifactMediaTypes(const runtime::ArtifactFormats& formats)
    : reads_(formats.Reads().begin(), formats.Reads().end()),
      reads_json_(formats.IsRead(ContentType::kJson)) {
  for (const ContentType type : formats.Writes()) {
    for (const std::string_view name : runtime::NamesOf(type)) {
      written_names_.push_back(name);
      written_types_.push_back(type);
    }
  }
}

Result<ArtifactMedia> ArtifactMediaTypes::Choose(const http::Request& request) const {
  std::string_view content_type;
  std::string_view accept;
  // One walk over the headers; most requests have neither or the plain value.
  for (const Header& header : request.headers) {
    if (header.name.size() == 12 && RequestContext::NamesEqual(header.name, "content-type")) {
      content_type = header.value;
    } else if (header.name.size() == 6 && RequestContext::NamesEqual(header.name, "accept")) {
      accept = header.value;
    }
  }
  ArtifactMedia media;
  if (!reads_json_ || !http::IsJson(content_type)) {
    if (auto chosen = ChooseRead(content_type, media); !chosen) return std::move(chosen).Error();
  }
  if (!accept.empty() && accept != "*/*" && accept != "application/json") {
    if (auto chosen = ChooseWrite(accept, media); !chosen) return std::move(chosen).Error();
  }
  return media;
}

Result<> ArtifactMediaTypes::ChooseRead(std::string_view content_type, ArtifactMedia& media) const {
  std::optional<ContentType> type = runtime::ContentTypeOf(http::EssenceOf(content_type));
  if (http::IsJson(content_type)) type = ContentType::kJson;
  if (!type || std::ranges::find(reads_, *type) == reads_.end()) {
    return Error(ErrorCode::kUnsupportedMediaType,
                 fmt::format("This model takes {}; found Content-Type {}.", Listing(reads_),
                             Quoted(content_type)));
  }
  media.read = *type;
  const std::string_view header = http::ParameterOf(content_type, "header");
  if (header == "present") media.read_header = runtime::TableHeader::kPresent;
  if (header == "absent") media.read_header = runtime::TableHeader::kAbsent;
  return {};
}

Result<> ArtifactMediaTypes::ChooseWrite(std::string_view accept, ArtifactMedia& media) const {
  const std::optional<std::size_t> chosen = http::ChooseAccepted(accept, written_names_);
  if (!chosen) {
    std::vector<ContentType> types;
    std::ranges::unique_copy(written_types_, std::back_inserter(types));
    return Error(ErrorCode::kNotAcceptable,
                 fmt::format("The answer is {}; found Accept {}.", Listing(types), Quoted(accept)));
  }
  media.write = written_types_[*chosen];
  media.written_type = written_names_[*chosen];
  if (http::ParameterOf(accept, "header") == "present") {
    media.written_header = runtime::WrittenHeader::kNames;
  }
  return {};
}

}  // namespace tenon::sagemaker
