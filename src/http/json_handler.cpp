// SPDX-License-Identifier: Apache-2.0
#include "tenon/http/json_handler.hpp"

#include "http/media_type.hpp"
#include "http/stream_format.hpp"

namespace tenon::http {
namespace {

// Long header values are cut: an error body has 2,048 bytes.
std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return "'" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "...'" : "'");
}

}  // namespace

void JsonHandlerBase::Prepare(const Request& request, TimePoint now,
                              RequestContext& context) const {
  if (protocol_.prepare != nullptr) protocol_.prepare(request, now, context);
}

void JsonHandlerBase::Finish(const RequestContext& context, Response& response) const {
  if (protocol_.finish != nullptr) protocol_.finish(context, response);
}

Result<StreamFormat> JsonHandlerBase::CheckStream(const Request& request, ItemKind items) {
  std::string_view accept;
  for (const Header& header : request.headers) {
    if (RequestContext::NamesEqual(header.name, "accept")) accept = header.value;
    if (!RequestContext::NamesEqual(header.name, "content-type") || IsJson(header.value)) continue;
    return Error(ErrorCode::kUnsupportedMediaType,
                 "Send application/json; found Content-Type " + Quoted(header.value) + ".");
  }
  if (const auto format = ChooseStreamFormat(accept, items)) return *format;
  return Error(ErrorCode::kNotAcceptable,
               "The answer is a stream, as application/jsonlines or text/event-stream" +
                   std::string(items == ItemKind::kText ? ", or as text/plain" : "") +
                   "; found Accept " + Quoted(accept) + ".");
}

Result<> JsonHandlerBase::CheckMediaTypes(const Request& request, std::string_view produced) {
  // One walk over the headers; most requests have neither or the plain value.
  for (const Header& header : request.headers) {
    if (header.name.size() == 12 && RequestContext::NamesEqual(header.name, "content-type")) {
      if (!IsJson(header.value)) {
        return Error(ErrorCode::kUnsupportedMediaType,
                     "Send application/json; found Content-Type " + Quoted(header.value) + ".");
      }
    } else if (header.name.size() == 6 && RequestContext::NamesEqual(header.name, "accept")) {
      if (!Accepts(header.value, produced)) {
        return Error(ErrorCode::kNotAcceptable, "The answer is " + std::string(produced) +
                                                    "; found Accept " + Quoted(header.value) + ".");
      }
    }
  }
  return {};
}

Result<> JsonHandlerBase::Read(const Request& request, const schema::Type& type, void* object) {
  return schema::ReadJson(
      type, object,
      {.data = request.body.data, .size = request.body.size, .capacity = request.body.capacity});
}

}  // namespace tenon::http
